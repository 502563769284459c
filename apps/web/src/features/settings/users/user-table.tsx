import type { PERSON_ORDERS, PersonSummary } from '@graticule/contract'
import { decideViewAs, OWNING_ROLES } from '@graticule/policy'
import {
  IconChevronDown,
  IconDots,
  IconEye,
  IconKey,
  IconReportSearch,
  IconShieldOff,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { principalOf, useSession } from '../../../shell/use-session.ts'
import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  Menu,
  RelativeTime,
  RuledMenuItem,
  SortableHeader,
  Table,
  Text,
} from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { type Dispossession, useChangeRole, useConfirmFactorReset, useConfirmViewAs } from './use-person-actions.ts'
import { FIRST_DIRECTION } from './users-search.ts'

type Column = (typeof PERSON_ORDERS)[number]

/** People with what only admins see of them; every column sorts, and each row changes the role or deletes. */
export function UserTable(props: {
  people: readonly PersonSummary[]
  /** Who is selected, on this page of the list and on others. */
  selectedIds: ReadonlySet<string>
  onSelect: (people: readonly PersonSummary[], isSelected: boolean) => void
  sort: Column
  direction: 'asc' | 'desc'
  onSort: (sort: Column, direction: 'asc' | 'desc') => void
  onDispossess: (plan: Dispossession) => void
  onPasswordLink: (person: PersonSummary) => void
}) {
  const { user } = useSession()
  const selectedHere = props.people.filter(({ id }) => props.selectedIds.has(id)).length
  const header = (column: Column, isNumber = false) => {
    const isSorted = props.sort === column
    return (
      <SortableHeader
        ta={isNumber ? 'right' : undefined}
        direction={isSorted ? props.direction : null}
        onSort={() =>
          props.onSort(column, isSorted ? (props.direction === 'asc' ? 'desc' : 'asc') : FIRST_DIRECTION[column])
        }
      >
        {messages.columns[column]}
      </SortableHeader>
    )
  }
  return (
    <Table.ScrollContainer minWidth={976}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label={messages.selectPage}
                checked={selectedHere > 0 && selectedHere === props.people.length}
                indeterminate={selectedHere > 0 && selectedHere < props.people.length}
                onChange={(event) => props.onSelect(props.people, event.currentTarget.checked)}
              />
            </Table.Th>
            {header('name')}
            {header('email')}
            {header('role')}
            <Table.Th>{messages.columns.groups}</Table.Th>
            {header('lastSeenAt')}
            {header('mapCount', true)}
            {header('connectionCount', true)}
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.people.map((person) => (
            <Table.Tr key={person.id} bg={props.selectedIds.has(person.id) ? 'var(--panel-hover)' : undefined}>
              <Table.Td>
                <Checkbox
                  size="xs"
                  aria-label={messages.select(person.name)}
                  checked={props.selectedIds.has(person.id)}
                  onChange={(event) => props.onSelect([person], event.currentTarget.checked)}
                />
              </Table.Td>
              <Table.Td fw={500}>
                {person.name} {person.id === user.id && <Badge ml={4}>{messages.you}</Badge>}{' '}
                {person.isSupport && (
                  <Badge ml={4} color="yellow">
                    {shellMessages.support}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                {person.email}
                {person.managedBy && (
                  <Text size="xs" c="dimmed">
                    {messages.managedBy(person.managedBy)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <RoleMenu person={person} onDispossess={props.onDispossess} />
              </Table.Td>
              <Table.Td>
                <Text size="sm" lineClamp={2} maw={200} title={person.groups?.join(', ')}>
                  {person.groups?.join(', ')}
                </Text>
              </Table.Td>
              <Table.Td>{person.lastSeenAt ? <RelativeTime at={person.lastSeenAt} /> : messages.never}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {person.mapCount}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {person.connectionCount}
              </Table.Td>
              <Table.Td>
                <PersonMenu person={person} onDispossess={props.onDispossess} onPasswordLink={props.onPasswordLink} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RowProps {
  readonly person: PersonSummary
  readonly onDispossess: (plan: Dispossession) => void
}

function RoleMenu({ person, onDispossess }: RowProps) {
  const changeRole = useChangeRole()
  const { roles } = shellMessages
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          ml={-8}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={messages.roleOf(person.name, roles[person.role])}
        >
          {roles[person.role]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{messages.roleMenu}</Menu.Label>
        {person.permissions.roles.map(({ role, ...permission }) => {
          const losesRight = OWNING_ROLES.includes(person.role) && !OWNING_ROLES.includes(role)
          return (
            <RuledMenuItem
              key={role}
              permission={permission}
              onClick={() => (losesRight ? onDispossess({ person, to: role }) : changeRole({ person, role }))}
            >
              {roles[role]}
            </RuledMenuItem>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}

function PersonMenu(props: RowProps & { onPasswordLink: (person: PersonSummary) => void }) {
  const { person, onDispossess, onPasswordLink } = props
  const confirmReset = useConfirmFactorReset()
  const confirmViewAs = useConfirmViewAs()
  const asker = principalOf(useSession())
  const viewAs = decideViewAs(asker, { ...person, organizationId: asker.organizationId, isActive: true })
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={messages.actionsOf(person.name)}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <RuledMenuItem
          permission={person.permissions.passwordLink}
          leftSection={<IconKey size={16} stroke={1.6} />}
          onClick={() => onPasswordLink(person)}
        >
          {messages.makePasswordLink}
        </RuledMenuItem>
        <RuledMenuItem
          permission={person.permissions.resetSecondFactor}
          leftSection={<IconShieldOff size={16} stroke={1.6} />}
          onClick={() => confirmReset(person)}
        >
          {messages.resetSecondFactor}
        </RuledMenuItem>
        <Menu.Item
          leftSection={<IconReportSearch size={16} stroke={1.6} />}
          renderRoot={(item) => <Link to="/settings/access-report" search={{ person: person.id }} {...item} />}
        >
          {messages.accessReport}
        </Menu.Item>
        <RuledMenuItem
          permission={viewAs.allowed ? { allowed: true } : { allowed: false, reason: viewAs.reason }}
          leftSection={<IconEye size={16} stroke={1.6} />}
          onClick={() => confirmViewAs(person)}
        >
          {messages.viewAs}
        </RuledMenuItem>
        <Menu.Divider />
        <RuledMenuItem
          permission={person.permissions.delete}
          color="red"
          leftSection={<IconTrash size={16} stroke={1.6} />}
          onClick={() => onDispossess({ person, to: 'deleted' })}
        >
          {messages.delete}
        </RuledMenuItem>
      </Menu.Dropdown>
    </Menu>
  )
}
