import type { ShareableKind } from '@graticule/policy'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { peopleCountsQuery } from '../../api/access.ts'
import type { Shareable } from '../../api/sharing.ts'
import { useCan } from '../../shell/use-session.ts'
import { Button, Popover, Text, Tooltip, useDisclosure, VisuallyHidden } from '../../ui/index.ts'
import { AccessNames } from './access-names.tsx'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

/** As many as the server counts at once. */
const MAX_COUNTED = 500

/** How many people have access to each asset of a list: one question for all. */
export function usePeopleCounts(kind: ShareableKind, ids: readonly string[]): Readonly<Record<string, number>> {
  return useQuery({ ...peopleCountsQuery(kind, ids.slice(0, MAX_COUNTED)) }).data?.counts ?? {}
}

interface PeopleCountProps {
  readonly asset: Shareable
  readonly name: string
  readonly count: number | undefined
}

/**
 * How many people have access to an asset of a list; for those who may list people it opens who they are and why.
 * Nothing while it is not known.
 */
export function PeopleCount({ asset, name, count }: PeopleCountProps) {
  const mayNameThem = useCan('user.list').allowed
  if (count === undefined) return null
  return mayNameThem ? <OpenCount asset={asset} name={name} count={count} /> : <PlainCount name={name} count={count} />
}

function PlainCount({ name, count }: { name: string; count: number }) {
  return (
    <Tooltip label={`${messages.peopleCount(count)}. ${messages.whoIsForEditors}`} multiline maw={260}>
      <Text component="span" size="xs" c="dimmed" px={4} className={classes.count}>
        <IconUsers size={13} aria-hidden />
        <span aria-hidden>{count}</span>
        <VisuallyHidden>{messages.peopleCountOf(count, name)}</VisuallyHidden>
      </Text>
    </Tooltip>
  )
}

function OpenCount({ asset, name, count }: { asset: Shareable; name: string; count: number }) {
  const [isOpen, list] = useDisclosure(false)
  return (
    <Popover
      opened={isOpen}
      onChange={(opened) => !opened && list.close()}
      width={320}
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
        <AccessNames asset={asset} peopleCount={count} />
      </Popover.Dropdown>
    </Popover>
  )
}
