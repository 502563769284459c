import { IconChevronDown, IconUsers } from '@tabler/icons-react'
import type { Shareable } from '../../api/sharing.ts'
import { Button, useDisclosure } from '../../ui/index.ts'
import { AccessNames } from './access-names.tsx'
import { shareMessages as messages } from './messages.ts'

/** How many people have access, which opens who they are and by which way. */
export function AccessList({ asset, peopleCount }: { asset: Shareable; peopleCount: number }) {
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
      {isOpen && <AccessNames asset={asset} peopleCount={peopleCount} />}
    </div>
  )
}
