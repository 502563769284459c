import type { GroupSummary } from '@graticule/contract'
import { IconDots, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { ActionIcon, Anchor, Menu, RelativeTime, RuledMenuItem, Table } from '../../../ui/index.ts'
import { originOf } from './group-origin.ts'
import { messages } from './messages.ts'

type Dialog = 'rename' | 'members' | 'delete'

/** Groups with how many people are in them. */
export function GroupTable(props: {
  groups: readonly GroupSummary[]
  onOpen: (dialog: Dialog, group: GroupSummary) => void
}) {
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.source}</Table.Th>
            <Table.Th ta="right">{columns.members}</Table.Th>
            <Table.Th>{columns.created}</Table.Th>
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.groups.map((group) => (
            <Table.Tr key={group.id}>
              <Table.Td>
                <Anchor
                  component="button"
                  type="button"
                  fw={500}
                  ta="left"
                  onClick={() => props.onOpen('members', group)}
                >
                  {group.name}
                </Anchor>
              </Table.Td>
              <Table.Td>{originOf(group) ?? messages.byHand}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {group.memberCount}
              </Table.Td>
              <Table.Td>{group.createdAt && <RelativeTime at={group.createdAt} />}</Table.Td>
              <Table.Td>
                <GroupMenu group={group} onOpen={(dialog) => props.onOpen(dialog, group)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function GroupMenu({ group, onOpen }: { group: GroupSummary; onOpen: (dialog: Dialog) => void }) {
  const origin = originOf(group)
  const rename = origin === null ? { allowed: true } : { allowed: false, reason: messages.keptBy(origin) }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={messages.actionsOf(group.name)}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUsers size={16} stroke={1.6} />} onClick={() => onOpen('members')}>
          {messages.members}
        </Menu.Item>
        <RuledMenuItem
          permission={rename}
          leftSection={<IconPencil size={16} stroke={1.6} />}
          onClick={() => onOpen('rename')}
        >
          {messages.rename}
        </RuledMenuItem>
        <Menu.Divider />
        <RuledMenuItem
          permission={group.source === 'scim' ? rename : { allowed: true }}
          color="red"
          leftSection={<IconTrash size={16} stroke={1.6} />}
          onClick={() => onOpen('delete')}
        >
          {messages.delete}
        </RuledMenuItem>
      </Menu.Dropdown>
    </Menu>
  )
}
