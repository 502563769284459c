import type { SharingDetail } from '@graticule/contract'
import { IconChevronDown, IconUsers } from '@tabler/icons-react'
import { Button, Collapse, useDisclosure } from '../../ui/index.ts'
import { AccessNames } from './access-names.tsx'
import { shareMessages as messages } from './messages.ts'

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
        <AccessNames people={people} peopleCount={peopleCount} />
      </Collapse>
    </div>
  )
}
