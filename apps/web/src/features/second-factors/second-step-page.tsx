import type { SecondStep } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import {
  beginTotpInSecondStep,
  confirmTotpInSecondStep,
  proveSecondStep,
  secondStepQuery,
} from '../../api/second-factors.ts'
import {
  Alert,
  Anchor,
  Button,
  Entrance,
  FormError,
  QueryView,
  Skeleton,
  Stack,
  Text,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { useCompleteSignIn } from '../sign-in/use-complete-sign-in.ts'
import { messages } from './messages.ts'
import { RecoveryCodeList } from './recovery-code-list.tsx'
import { CodeField, checkCode, TotpForm, toDigits } from './totp-form.tsx'

const route = getRouteApi('/second-step')

/** The second step of a sign-in: proving a factor, or setting the first one up where the organization asks for it. */
export function SecondStepPage() {
  const { target } = route.useSearch()
  const query = useQuery(secondStepQuery)
  const isOver = query.error instanceof ApiError && query.error.status === 401
  const title = query.data?.secondStep === 'enrol' ? messages.enrolTitle : messages.stepTitle
  return (
    <Entrance title={title} foot={messages.lost}>
      {isOver ? (
        <Over reason={query.error?.message ?? ''} />
      ) : (
        <QueryView
          query={query}
          queryKey={secondStepQuery.queryKey}
          awaiting={messages.checking}
          skeleton={<Skeleton height={160} />}
        >
          {(step) =>
            step.secondStep === 'enrol' ? (
              <EnrolStep step={step} target={target} />
            ) : (
              <ProveStep step={step} target={target} />
            )
          }
        </QueryView>
      )}
    </Entrance>
  )
}

interface StepProps {
  readonly step: SecondStep
  readonly target: string | undefined
}

function ProveStep({ step, target }: StepProps) {
  const complete = useCompleteSignIn(target)
  const [isRecovering, setIsRecovering] = useState(false)
  const prove = useMutation({ mutationFn: proveSecondStep, onSuccess: complete })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { code: '', recoveryCode: '' },
    validate: {
      code: (code) => (isRecovering ? null : checkCode(code)),
      recoveryCode: (code) => (!isRecovering || code.trim() ? null : messages.recoveryCodeMissing),
    },
  })
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ code, recoveryCode }) =>
        prove.mutate(
          isRecovering ? { kind: 'recovery-code', code: recoveryCode.trim() } : { kind: 'totp', code: toDigits(code) },
        ),
      )}
    >
      <Stack gap="md">
        <Text>{messages.stepText(step.email)}</Text>
        <FormError error={prove.error} />
        {isRecovering ? (
          <TextInput
            label={messages.recoveryCode}
            autoComplete="off"
            autoFocus
            maxLength={40}
            key={form.key('recoveryCode')}
            {...form.getInputProps('recoveryCode')}
          />
        ) : (
          <CodeField autoFocus key={form.key('code')} {...form.getInputProps('code')} />
        )}
        <Button type="submit" size="sm" loading={prove.isPending} fullWidth>
          {messages.signIn}
        </Button>
        {step.methods.includes('recovery-code') && (
          <Anchor
            component="button"
            ta="start"
            type="button"
            size="sm"
            onClick={() => {
              prove.reset()
              setIsRecovering(!isRecovering)
            }}
          >
            {isRecovering ? messages.useApp : messages.useRecoveryCode}
          </Anchor>
        )}
        <StartAgain />
      </Stack>
    </form>
  )
}

function EnrolStep({ step, target }: StepProps) {
  const complete = useCompleteSignIn(target)
  const begin = useMutation({ mutationFn: beginTotpInSecondStep })
  const confirm = useMutation({
    mutationFn: confirmTotpInSecondStep,
    onSuccess: ({ session, recoveryCodes }) => {
      if (recoveryCodes === null) complete(session)
    },
  })
  if (confirm.data?.recoveryCodes) {
    return <RecoveryCodeList codes={confirm.data.recoveryCodes} onKept={() => complete(confirm.data.session)} />
  }
  return (
    <Stack gap="md">
      <Text>{messages.enrolText(step.organizationName)}</Text>
      {begin.data === undefined ? (
        <>
          <FormError error={begin.error} />
          <Button size="sm" loading={begin.isPending} onClick={() => begin.mutate()} fullWidth>
            {messages.setUpTitle}
          </Button>
        </>
      ) : (
        <TotpForm
          enrolment={begin.data}
          error={confirm.error}
          isPending={confirm.isPending}
          onConfirm={(code) => confirm.mutate(code)}
        />
      )}
      <StartAgain />
    </Stack>
  )
}

function StartAgain() {
  const { target } = route.useSearch()
  const queryClient = useQueryClient()
  useEffect(() => () => queryClient.removeQueries({ queryKey: secondStepQuery.queryKey }), [queryClient])
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/sign-in" search={{ target }} {...props} />}>
      {messages.startAgain}
    </Anchor>
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
