import type { Invitation, InvitationState } from '@graticule/contract'
import { IconDots, IconLink, IconTrash } from '@tabler/icons-react'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { ActionIcon, Badge, Menu, RelativeTime, Table, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'

const STATE_COLORS: Readonly<Record<InvitationState, string>> = {
  pending: 'accent',
  accepted: 'gray',
  expired: 'yellow',
  withdrawn: 'gray',
}

/** Invitations with what has become of each; those that are open can be sent anew or taken back. */
export function InvitationTable(props: {
  invitations: readonly Invitation[]
  onResend: (invitation: Invitation) => void
  onWithdraw: (invitation: Invitation) => void
}) {
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.email}</Table.Th>
            <Table.Th>{columns.role}</Table.Th>
            <Table.Th>{columns.state}</Table.Th>
            <Table.Th>{columns.invitedBy}</Table.Th>
            <Table.Th>{columns.expires}</Table.Th>
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.invitations.map((invitation) => {
            const isOpen = invitation.state === 'pending' || invitation.state === 'expired'
            return (
              <Table.Tr key={invitation.id}>
                <Table.Td fw={500}>
                  {invitation.email}
                  <PassedBy passedBy={invitation.passedBy} />
                </Table.Td>
                <Table.Td>{shellMessages.roles[invitation.role]}</Table.Td>
                <Table.Td>
                  <Badge color={STATE_COLORS[invitation.state]}>{messages.states[invitation.state]}</Badge>
                </Table.Td>
                <Table.Td>{invitation.invitedBy?.name ?? messages.byDomain}</Table.Td>
                <Table.Td>{isOpen ? <RelativeTime at={invitation.expiresAt} /> : messages.none}</Table.Td>
                <Table.Td h={41}>
                  {isOpen && (
                    <Menu position="bottom-end" width={220}>
                      <Menu.Target>
                        <ActionIcon aria-label={messages.actionsOf(invitation.email)}>
                          <IconDots size={16} />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item
                          leftSection={<IconLink size={16} stroke={1.6} />}
                          onClick={() => props.onResend(invitation)}
                        >
                          {messages.resend}
                        </Menu.Item>
                        <Menu.Item
                          color="red"
                          leftSection={<IconTrash size={16} stroke={1.6} />}
                          onClick={() => props.onWithdraw(invitation)}
                        >
                          {messages.withdraw}
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  )}
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** That somebody is here without having taken it, which nobody would find out by waiting. */
function PassedBy({ passedBy }: Pick<Invitation, 'passedBy'>) {
  if (passedBy === null) return null
  return (
    <Text size="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
      {messages.passedBy(shellMessages.roles[passedBy.role])} <RelativeTime at={passedBy.since} />.{' '}
      {messages.passedByHelp}
    </Text>
  )
}
