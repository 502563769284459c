import type { SharingDetail } from '@graticule/contract'
import { messages as shellMessages } from '../../shell/messages.ts'
import { Badge, RelativeTime, Text } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

/** Who has access, and by which way. */
export function AccessNames({ people, peopleCount }: Pick<SharingDetail, 'people' | 'peopleCount'>) {
  return (
    <ul className={classes.people} aria-label={messages.peopleWithAccess}>
      {people.map((person) => (
        <li key={person.id}>
          <span>
            {person.name} {person.isSupport && <Badge color="yellow">{shellMessages.support}</Badge>}
          </span>
          <Text component="span" size="xs" c="dimmed">
            {person.paths.map((path) => messages.paths[path]).join(', ')}
            {person.until && (
              <>
                , {messages.ends} <RelativeTime at={person.until} />
              </>
            )}
          </Text>
        </li>
      ))}
      {peopleCount > people.length && <li>{messages.morePeople(peopleCount - people.length)}</li>}
    </ul>
  )
}
