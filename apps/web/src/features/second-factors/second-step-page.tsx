import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { secondStepQuery } from '../../api/second-factors.ts'
import { Alert, Anchor, Button, Entrance, QueryView, Skeleton, Stack } from '../../ui/index.ts'
import { useCompleteSignIn } from '../sign-in/use-complete-sign-in.ts'
import { EnrolStep } from './enrol-step.tsx'
import { messages } from './messages.ts'
import { ProveStep } from './prove-step.tsx'

const route = getRouteApi('/second-step')

/** The second step of a sign-in: proving a factor, or setting the first one up where the organization asks for it. */
export function SecondStepPage() {
  const { target } = route.useSearch()
  const complete = useCompleteSignIn(target)
  const query = useQuery(secondStepQuery)
  const queryClient = useQueryClient()
  useEffect(() => () => queryClient.removeQueries({ queryKey: secondStepQuery.queryKey }), [queryClient])
  const isOver = query.error instanceof ApiError && query.error.status === 401
  const isEnrolment = query.data?.secondStep === 'enrol'
  return (
    <Entrance
      title={isEnrolment ? messages.enrolTitle : messages.stepTitle}
      foot={isEnrolment ? undefined : messages.lost}
    >
      {isOver ? (
        <Over reason={query.error?.message ?? ''} />
      ) : (
        <QueryView
          query={query}
          queryKey={secondStepQuery.queryKey}
          awaiting={messages.checking}
          skeleton={<Skeleton height={160} />}
        >
          {(step) => (
            <Stack gap="md">
              {step.secondStep === 'enrol' ? (
                <EnrolStep step={step} onSignedIn={complete} />
              ) : (
                <ProveStep step={step} onSignedIn={complete} />
              )}
              <Anchor size="sm" renderRoot={(props) => <Link to="/sign-in" search={{ target }} {...props} />}>
                {messages.startAgain}
              </Anchor>
            </Stack>
          )}
        </QueryView>
      )}
    </Entrance>
  )
}

function Over({ reason }: { reason: string }) {
  const { target } = route.useSearch()
  return (
    <Stack gap="md">
      <Alert role="alert" color="yellow" title={messages.overTitle}>
        {reason}
      </Alert>
      <Button variant="default" renderRoot={(props) => <Link to="/sign-in" search={{ target }} {...props} />}>
        {messages.startAgain}
      </Button>
    </Stack>
  )
}
