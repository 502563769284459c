import type { ConnectionInspection } from '@graticule/contract'
import { exportersOf } from '@graticule/policy'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { connectionInspectionQuery } from '../../../api/assets.ts'
import { useSession } from '../../../shell/use-session.ts'
import {
  Alert,
  Anchor,
  Modal,
  QueryView,
  RelativeTime,
  RowsSkeleton,
  Stack,
  Table,
  Text,
  Title,
  useDisclosure,
} from '../../../ui/index.ts'
import { DependentList } from '../../connections/affected-assets.tsx'
import { PrivacyLabel } from '../../sharing/privacy-label.tsx'
import { messages } from './messages.ts'

/** Opens a connection of anybody to look at. */
export function ConnectionLink({ id, name }: { id: string; name: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Anchor component="button" type="button" fw={500} ta="left" aria-label={messages.inspect(name)} onClick={open}>
        {name}
      </Anchor>
      <Modal opened={isOpen} onClose={close} title={messages.inspectTitle(name)} size="lg">
        <Inspection id={id} />
      </Modal>
    </>
  )
}

function Inspection({ id }: { id: string }) {
  const options = connectionInspectionQuery(id)
  const query = useQuery(options)
  return (
    <Stack gap="md">
      <Alert variant="light" icon={<IconEye size={18} />} title={messages.readOnlyTitle}>
        {messages.readOnlyText}
      </Alert>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingConnection}
        skeleton={<RowsSkeleton count={6} />}
      >
        {(connection) => <Facts connection={connection} />}
      </QueryView>
    </Stack>
  )
}

function Facts({ connection }: { connection: ConnectionInspection }) {
  const { user } = useSession()
  const { aliases, config, dependents, groups, options, owner, privacy, sharingScope, users } = connection
  const { facts } = messages
  const people = [...groups, ...users].map(({ name }) => name)
  const setup = Object.entries(config).filter(([, value]) => value !== null && value !== '')
  return (
    <>
      <FactTable label={messages.inspectTitle(connection.name)}>
        <Fact name={facts.owner}>
          {owner === null ? messages.system : owner.id === user.id ? messages.you : owner.name}
        </Fact>
        <Fact name={facts.provider}>{connection.providerId}</Fact>
        {aliases.length > 0 && <Fact name={facts.aliases}>{aliases.join(', ')}</Fact>}
        <Fact name={facts.visibility}>
          <PrivacyLabel asset={{ privacy, sharingScope }} kind="connection" />
        </Fact>
        {people.length > 0 && <Fact name={facts.people}>{people.join(', ')}</Fact>}
        <Fact name={facts.login}>{messages.loginOf[connection.credentialPolicy]}</Fact>
        <Fact name={facts.data}>{connection.data.allowed ? messages.dataOpen : messages.dataClosed}</Fact>
        <Fact name={facts.maxConcurrentQueries}>{options.maxConcurrentQueries ?? messages.asServer}</Fact>
        <Fact name={facts.queryTimeoutSeconds}>
          {options.queryTimeoutSeconds === null ? messages.asServer : messages.seconds(options.queryTimeoutSeconds)}
        </Fact>
        <Fact name={facts.neverCache}>{options.neverCache ? messages.cached.never : messages.cached.yes}</Fact>
        <Fact name={facts.exports}>{messages.exporters[exportersOf({ ...connection, exports: options.exports })]}</Fact>
        <Fact name={facts.updatedAt}>
          <RelativeTime at={connection.updatedAt} />
        </Fact>
      </FactTable>
      <section aria-label={messages.setup}>
        <Title order={3} size="sm" mb={4}>
          {messages.setup}
        </Title>
        {setup.length === 0 ? (
          <Text size="sm" c="dimmed">
            {messages.noSetup}
          </Text>
        ) : (
          <FactTable label={messages.setup}>
            {setup.map(([name, value]) => (
              <Fact key={name} name={name}>
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </Fact>
            ))}
          </FactTable>
        )}
      </section>
      <section aria-label={messages.reads}>
        <Title order={3} size="sm" mb={4}>
          {messages.reads}
        </Title>
        {dependents.length === 0 ? (
          <Text size="sm" c="dimmed">
            {messages.nothingReads}
          </Text>
        ) : (
          <DependentList dependents={dependents} hiddenCount={0} />
        )}
      </section>
    </>
  )
}

function FactTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table aria-label={label} verticalSpacing={4} layout="fixed">
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w={140} fw={400} c="dimmed">
        {name}
      </Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td>
    </Table.Tr>
  )
}
