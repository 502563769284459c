import type { PersonReport } from '@graticule/contract'
import { RelativeTime, Text } from '../../../ui/index.ts'
import { shareMessages } from '../../sharing/messages.ts'
import { messages } from './messages.ts'

/** By which ways an asset gets to somebody, in words. */
export function WayList({ paths }: Pick<PersonReport['assets'][number], 'paths'>) {
  return paths
    .map(({ path, groups, projects }) => {
      const names = [...groups, ...projects].map(({ name }) => name)
      if (names.length === 0) return shareMessages.paths[path]
      const way = path === 'project' ? shareMessages.throughNamedProject : shareMessages.paths[path]
      return `${way} ${names.join(', ')}`
    })
    .join(' · ')
}

/** The day on which something was last used. */
export function LastUse({ day }: { day: string | null }) {
  if (day !== null) return <span className="tabular">{day}</span>
  return (
    <Text size="sm" c="dimmed">
      {messages.never}
    </Text>
  )
}

/** From when on it is known what is used. */
export function RecordedSince({ at }: { at: string }) {
  return (
    <Text size="xs" c="dimmed" mt="xs">
      {messages.recordedSince} <RelativeTime at={at} />.
    </Text>
  )
}
