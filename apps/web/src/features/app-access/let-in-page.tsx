import type { AppAccessRequest } from '@graticule/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { appAccessRequestQuery, decideAppAccess } from '../../api/app-access.ts'
import { useSession } from '../../shell/use-session.ts'
import { Alert, Button, Entrance, FormError, QueryView, Skeleton, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Where people come who sign in to an application: they are told what it may do, and let it in or not. */
export function LetInPage() {
  const { uid } = useParams({ from: '/signed-in/let-in/$uid' })
  const options = appAccessRequestQuery(uid)
  const query = useQuery(options)
  const refusal = query.error instanceof ApiError && query.error.status < 500 ? query.error.message : null
  const title = query.data?.needsConsent ? messages.title(query.data.client.title) : messages.untitled
  return (
    <Entrance title={title}>
      {refusal === null ? (
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.checking}
          skeleton={<Skeleton height={240} />}
        >
          {(request) => <Decision uid={uid} request={request} />}
        </QueryView>
      ) : (
        <Stack gap="md">
          <Alert role="alert" color="yellow" title={messages.problem}>
            {refusal}
          </Alert>
          <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
            {messages.toWorkspace}
          </Button>
        </Stack>
      )}
    </Entrance>
  )
}

function Decision({ request, uid }: { request: AppAccessRequest; uid: string }) {
  const { user } = useSession()
  const decide = useMutation({
    mutationFn: (allow: boolean) => decideAppAccess(uid, allow),
    onSuccess: ({ redirectTo }) => window.location.replace(redirectTo),
  })
  const { mutate } = decide
  const hasGoneOn = useRef(false)
  // Who agreed before is not asked again.
  useEffect(() => {
    if (request.needsConsent || hasGoneOn.current) return
    hasGoneOn.current = true
    mutate(true)
  }, [request.needsConsent, mutate])
  if (!request.needsConsent && !decide.isError) return <Text role="status">{messages.goingOn}</Text>
  return (
    <Stack gap="md">
      <Text>{messages.you(user.name, user.email)}</Text>
      <FormError error={decide.error} />
      <div>
        <Text fw={500}>{messages.may}</Text>
        <ul>
          <li>{messages.act}</li>
          {request.scopes.includes('profile') && <li>{messages.told.name}</li>}
          {request.scopes.includes('email') && <li>{messages.told.email}</li>}
        </ul>
        <Text>{messages.never}</Text>
      </div>
      <Text>{messages.maker(request.client.ownerName, request.returnsTo)}</Text>
      <Text c="dimmed">{messages.until}</Text>
      <Button size="sm" fullWidth loading={decide.isPending || decide.isSuccess} onClick={() => mutate(true)}>
        {messages.allow}
      </Button>
      <Button
        size="sm"
        fullWidth
        variant="default"
        disabled={decide.isPending || decide.isSuccess}
        onClick={() => mutate(false)}
      >
        {messages.deny}
      </Button>
    </Stack>
  )
}
