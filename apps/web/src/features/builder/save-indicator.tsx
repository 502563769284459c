import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { isSamePerson, sessionQuery } from '../../api/session.ts'
import { useSession } from '../../shell/use-session.ts'
import { Button, Group, Modal, Popover, Stack, Text, Tooltip, VisuallyHidden } from '../../ui/index.ts'
import classes from './builder.module.css'
import { messages } from './messages.ts'
import { useBuilder, useBuilderStore } from './store/builder-store.ts'

/** Says whether the work is stored, why not, and what can be done about it. */
export function SaveIndicator() {
  const save = useBuilder((state) => state.save)
  const saveNow = useBuilder((state) => state.saveNow)
  switch (save.kind) {
    case 'saved':
      return <Label kind="saved" text={messages.saved} />
    case 'unsaved':
      return <Label kind="unsaved" text={messages.unsaved} />
    case 'saving':
      return <Label kind="saving" text={messages.saving} />
    case 'failed':
      return (
        <Group gap={8} wrap="nowrap">
          <Tooltip label={messages.notSavedWhy(save.reason)} multiline maw={320}>
            <div>
              <Label kind="failed" text={messages.notSaved} detail={save.reason} />
            </div>
          </Tooltip>
          <Button variant="default" size="compact-xs" onClick={() => void saveNow()}>
            {messages.retrySave}
          </Button>
        </Group>
      )
    case 'conflict':
      return <Conflict />
  }
}

function Label(props: { kind: string; text: string; detail?: string }) {
  return (
    <span className={classes.saveState} data-kind={props.kind} role="status">
      <span className={classes.dot} aria-hidden />
      {props.text}
      {props.detail && <VisuallyHidden>{props.detail}</VisuallyHidden>}
    </span>
  )
}

function Conflict() {
  const takeTheirs = useBuilder((state) => state.takeTheirs)
  const keepMine = useBuilder((state) => state.keepMine)
  return (
    // Its own label, the button, would stand in place of the question.
    <Popover defaultOpened width={320} position="bottom-start" withArrow trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <button
          type="button"
          className={classes.saveState}
          aria-haspopup="dialog"
          data-kind="conflict"
          style={{ border: 0, background: 'none' }}
        >
          <span className={classes.dot} aria-hidden />
          {messages.conflict}
        </button>
      </Popover.Target>
      <Popover.Dropdown role="alertdialog" aria-label={messages.conflictTitle}>
        <Stack gap={8}>
          <Text fw={600}>{messages.conflictTitle}</Text>
          <Text>{messages.conflictText}</Text>
          <Group gap={8}>
            <Button variant="default" onClick={() => void takeTheirs()}>
              {messages.takeTheirs}
            </Button>
            <Button onClick={() => void keepMine()}>{messages.keepMine}</Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Asks before edits that are not stored are left behind. */
export function LeaveGuard() {
  const isAtRisk = useBuilder((state) => state.save.kind !== 'saved')
  const mustAsk = useBuilder((state) => state.save.kind === 'failed' || state.save.kind === 'conflict')
  const store = useBuilderStore()
  const owner = useSession()
  const queryClient = useQueryClient()
  const isHandedOver = () => {
    const now = queryClient.getQueryData(sessionQuery.queryKey)
    return now ? !isSamePerson(owner, now) : false
  }
  const blocker = useBlocker({
    shouldBlockFn: async () => {
      if (!isAtRisk) return false
      if (mustAsk) return true
      await store.getState().saveNow()
      // Without a session, a connection or room to store it, what was edited last is still only here.
      return store.getState().save.kind !== 'saved'
    },
    // Whoever took the browser over was asked by the dialog that told them whose page this is.
    enableBeforeUnload: () => isAtRisk && !isHandedOver(),
    withResolver: true,
  })
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={messages.leaveTitle}>
      <Stack gap="md">
        <Text>{messages.leaveText}</Text>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>
            {messages.leave}
          </Button>
          <Button onClick={() => blocker.reset?.()} data-autofocus>
            {messages.stay}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
