import { PEOPLE_BATCH_LIMIT, type PersonSummary } from '@graticule/contract'
import { IconTrash, IconUserCog } from '@tabler/icons-react'
import { useState } from 'react'
import { useCan } from '../../../shell/use-session.ts'
import { Button, RuledButton } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { PeopleDeletionDialog, PeopleRoleDialog } from './people-batch-dialogs.tsx'
import classes from './users.module.css'

/** What can be done with the people who are selected. Whether it may be done with each is the server's to say. */
export function PeopleBatchBar({ people, onClear }: { people: readonly PersonSummary[]; onClear: () => void }) {
  const [dialog, setDialog] = useState<'role' | 'delete' | null>(null)
  const canChange = useCan('user.change-role')
  const canDelete = useCan('user.delete')
  if (people.length === 0) return null
  const ruleOf = (right: { readonly allowed: boolean; readonly reason: string }) => {
    if (!right.allowed) return right.reason
    return people.length > PEOPLE_BATCH_LIMIT ? messages.tooMany(PEOPLE_BATCH_LIMIT) : undefined
  }
  const props = {
    people,
    onClose: () => setDialog(null),
    onDone: () => {
      setDialog(null)
      onClear()
    },
  }
  return (
    <section className={classes.selection} aria-label={messages.selected(people.length)}>
      <span role="status">{messages.selected(people.length)}</span>
      <RuledButton
        size="xs"
        variant="default"
        leftSection={<IconUserCog size={14} />}
        rule={ruleOf(canChange)}
        onClick={() => setDialog('role')}
      >
        {messages.batchRole}
      </RuledButton>
      <RuledButton
        size="xs"
        color="red"
        variant="light"
        leftSection={<IconTrash size={14} />}
        rule={ruleOf(canDelete)}
        onClick={() => setDialog('delete')}
      >
        {messages.batchDelete}
      </RuledButton>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {messages.clearSelection}
      </Button>
      {dialog === 'role' && <PeopleRoleDialog {...props} />}
      {dialog === 'delete' && <PeopleDeletionDialog {...props} />}
    </section>
  )
}
