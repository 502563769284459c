import { API_MATRIX, type ApiArea } from '@graticule/policy'
import { Table, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

const AREAS: readonly (readonly [string, ApiArea])[] = Object.entries(API_MATRIX)

/** Which credential opens which part of the API: the table that the server decides by. */
export function ApiMatrixTable() {
  const { app, area, token, person, publicMap } = messages.matrixColumns
  return (
    <Table.ScrollContainer
      minWidth={640}
      // Nothing inside takes the keyboard, by which a narrow window must be scrolled too.
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': messages.matrixTitle } }}
    >
      <Table aria-label={messages.matrixCaption} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{area}</Table.Th>
            <Table.Th>{token}</Table.Th>
            <Table.Th>{publicMap}</Table.Th>
            <Table.Th>{app}</Table.Th>
            <Table.Th>{person}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {AREAS.map(([id, row]) => (
            <Table.Tr key={id}>
              <Table.Td>{row.label}</Table.Td>
              <Table.Td>{describeToken(row)}</Table.Td>
              <Table.Td>{row.publicMap ? messages.ownMap : <No />}</Table.Td>
              <Table.Td>{row.spa && row.machine ? messages.asWhomItActs : <No />}</Table.Td>
              <Table.Td>{messages.byRole}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function describeToken({ token }: ApiArea) {
  return token === null ? <No /> : `${messages.withApis(token.join(' or '))}, ${messages.withinGrants}`
}

function No() {
  return (
    <Text span c="dimmed">
      {messages.no}
    </Text>
  )
}
