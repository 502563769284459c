import type { ShareableKind } from '@graticule/policy'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { peopleCountsQuery } from '../../api/access.ts'
import { type Shareable, sharingQuery } from '../../api/sharing.ts'
import { useCan } from '../../shell/use-session.ts'
import { Button, ErrorState, Popover, Skeleton, useDisclosure } from '../../ui/index.ts'
import { AccessNames } from './access-names.tsx'
import { shareMessages as messages } from './messages.ts'

/** As many as the server counts at once. */
const MAX_COUNTED = 500

/** How many people have access to each asset of a list: one question for all; nothing for those who may not know. */
export function usePeopleCounts(kind: ShareableKind, ids: readonly string[]): Readonly<Record<string, number>> {
  const { allowed } = useCan('user.list')
  return useQuery({ ...peopleCountsQuery(kind, allowed ? ids.slice(0, MAX_COUNTED) : []) }).data?.counts ?? {}
}

/** How many people have access to an asset of a list; opens who they are and why. Nothing while it is not known. */
export function PeopleCount({ asset, name, count }: { asset: Shareable; name: string; count: number | undefined }) {
  const [isOpen, list] = useDisclosure(false)
  if (count === undefined) return null
  return (
    <Popover
      opened={isOpen}
      onChange={(opened) => !opened && list.close()}
      width={280}
      position="bottom-start"
      trapFocus
    >
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          h={18}
          px={4}
          leftSection={<IconUsers size={13} aria-hidden />}
          aria-label={messages.peopleCountOf(count, name)}
          aria-haspopup="dialog"
          onClick={list.toggle}
        >
          {count}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={messages.peopleCountOf(count, name)}>
        <PeopleWithAccess asset={asset} />
      </Popover.Dropdown>
    </Popover>
  )
}

function PeopleWithAccess({ asset }: { asset: Shareable }) {
  const { data, error } = useQuery(sharingQuery(asset))
  if (error) return <ErrorState error={error} isPart />
  if (!data) return <Skeleton height={80} aria-label={messages.awaiting} />
  return <AccessNames people={data.people} peopleCount={data.peopleCount} />
}
