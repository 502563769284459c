import type { SecondStep, SessionInfo, SignInAnswer } from '@graticule/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FocusEvent, type KeyboardEvent, useEffect, useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '../../ui/index.ts'
import { EnrolStep } from '../second-factors/enrol-step.tsx'
import { ProveStep } from '../second-factors/prove-step.tsx'
import { messages } from './messages.ts'
import { SignInMethods } from './sign-in-methods.tsx'

const words = messages.again

/** Above every other dialog and the command palette, which has the highest place that the component library gives. */
const ABOVE_ALL = 10_000

/** How often the session is asked for while somebody signs in in another tab, in milliseconds. */
const POLL_MS = 2_000

interface SignInAgainDialogProps {
  readonly opened: boolean
  /** Whose page lies below. */
  readonly owner: SessionInfo
  /** Who is signed in instead. */
  readonly other: SessionInfo | null
}

/** Lies over a page whose session has ended. */
export function SignInAgainDialog({ opened, owner, other }: SignInAgainDialogProps) {
  useQuietPage(opened)
  return (
    <Modal
      opened={opened}
      onClose={() => undefined}
      title={other ? words.otherTitle : words.title}
      size={420}
      zIndex={ABOVE_ALL}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      // What somebody had on the screen is not for the next person.
      overlayProps={other ? { color: 'var(--surface)', backgroundOpacity: 1 } : undefined}
      onFocusCapture={markOwnKeys}
      onKeyDown={keepOwnKeys}
      data-sign-in-again
    >
      {other ? <OtherPerson owner={owner} other={other} /> : <SignInAgain owner={owner} />}
    </Modal>
  )
}

/** Dialogs listen to the whole window for Escape, but leave alone what is marked with this. */
const OWN_KEYS = 'data-mantine-stop-propagation'

function markOwnKeys({ target }: FocusEvent): void {
  target.setAttribute(OWN_KEYS, 'true')
}

/** Shortcuts of the page below stay without effect; Tab is for the trap that holds the focus. */
function keepOwnKeys(event: KeyboardEvent): void {
  if (event.key !== 'Tab') event.stopPropagation()
}

/** Keeps what is typed beside the dialog from the page below, where Escape would close a form and ⌘K lead away. */
function useQuietPage(opened: boolean): void {
  useEffect(() => {
    if (!opened) return
    document.body.setAttribute(OWN_KEYS, 'true')
    const bringBack = (event: globalThis.KeyboardEvent) => {
      const dialog = document.querySelector('[data-sign-in-again]')
      if (dialog === null || (event.target instanceof Node && dialog.contains(event.target))) return
      event.stopPropagation()
      event.preventDefault()
      dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    }
    window.addEventListener('keydown', bringBack, true)
    return () => {
      window.removeEventListener('keydown', bringBack, true)
      document.body.removeAttribute(OWN_KEYS)
    }
  }, [opened])
}

function SignInAgain({ owner }: { owner: SessionInfo }) {
  const queryClient = useQueryClient()
  const [step, setStep] = useState<SecondStep | null>(null)
  const [isElsewhere, setIsElsewhere] = useState(false)
  useQuery({ ...sessionQuery, refetchInterval: isElsewhere && POLL_MS, refetchIntervalInBackground: true })
  const finish = (answer: SignInAnswer) => {
    if ('secondStep' in answer) setStep(answer)
    else queryClient.setQueryData(sessionQuery.queryKey, answer)
  }
  if (step !== null) {
    return (
      <Stack gap="md">
        <Text fw={600}>{words.stepTitle}</Text>
        {step.secondStep === 'enrol' ? (
          <EnrolStep step={step} onSignedIn={finish} />
        ) : (
          <ProveStep step={step} onSignedIn={finish} />
        )}
        <Anchor component="button" type="button" size="sm" ta="start" onClick={() => setStep(null)}>
          {words.startAgain}
        </Anchor>
      </Stack>
    )
  }
  return (
    <Stack gap="md">
      <Text>{words.text(owner.user.name)}</Text>
      <SignInMethods
        onSignedIn={finish}
        returning={owner}
        target="/signed-in-again"
        onProviderOpen={() => setIsElsewhere(true)}
      >
        <Anchor size="sm" href="/forgot-password" target="_blank" onClick={() => setIsElsewhere(true)}>
          {messages.forgot}
        </Anchor>
      </SignInMethods>
      {isElsewhere && (
        <Alert role="status" color="gray">
          {words.waiting}
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        <Anchor size="xs" underline="always" href="/sign-in">
          {words.leave}
        </Anchor>
        {'. '}
        {words.leaveText}
      </Text>
    </Stack>
  )
}

function OtherPerson({ owner, other }: { owner: SessionInfo; other: SessionInfo }) {
  const [isReturning, setIsReturning] = useState(false)
  if (isReturning) return <SignInAgain owner={owner} />
  return (
    <Stack gap="md">
      <Text>{words.otherText(other.user.name, owner.user.name)}</Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => setIsReturning(true)}>
          {words.return(owner.user.name)}
        </Button>
        {/* Everything is loaded anew, and Back does not lead here: nothing in memory is of the person before. */}
        <Button data-autofocus onClick={() => window.location.replace('/')}>
          {words.goOn(other.user.name)}
        </Button>
      </Group>
    </Stack>
  )
}
