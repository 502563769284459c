import type { SharingDetail } from '@graticule/contract'
import { IconChevronDown, IconUsers } from '@tabler/icons-react'
import { Button, Collapse, Text, useDisclosure } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

/** How many people have access, which opens who they are and by which way. */
export function AccessList({ people, peopleCount }: Pick<SharingDetail, 'people' | 'peopleCount'>) {
  const [isOpen, list] = useDisclosure(false)
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconUsers size={14} aria-hidden />}
        rightSection={<IconChevronDown size={14} aria-hidden />}
        aria-expanded={isOpen}
        onClick={list.toggle}
      >
        {messages.peopleCount(peopleCount)}
      </Button>
      <Collapse expanded={isOpen}>
        <ul className={classes.people} aria-label={messages.peopleWithAccess}>
          {people.map((person) => (
            <li key={person.id}>
              <span>{person.name}</span>
              <Text component="span" size="xs" c="dimmed">
                {person.paths.map((path) => messages.paths[path]).join(', ')}
              </Text>
            </li>
          ))}
          {peopleCount > people.length && <li>{messages.morePeople(peopleCount - people.length)}</li>}
        </ul>
      </Collapse>
    </div>
  )
}
