import { PUBLIC_USER, type UsageReport, type UsageRow } from '@graticule/contract'
import { USAGE_METHODS } from '@graticule/policy'
import { Progress, Table } from '../../../ui/index.ts'
import { messages } from './messages.ts'

const METHODS: Readonly<Record<string, { readonly label: string } | undefined>> = USAGE_METHODS

/** What was used, a row each, with its share of the most. */
export function UsageTable({ report: { by, rows } }: { report: UsageReport }) {
  const most = Math.max(...rows.map(({ units }) => units), 1e-9)
  return (
    <Table.ScrollContainer
      minWidth={460}
      // Else nobody could scroll it by the keyboard in a narrow window.
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': messages.caption(by) } }}
    >
      <Table aria-label={messages.caption(by)} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{messages.by[by]}</Table.Th>
            <Table.Th ta="right">{messages.requests}</Table.Th>
            <Table.Th ta="right">{messages.units}</Table.Th>
            <Table.Th w="30%" aria-hidden />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Td>{nameOf(by, row)}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {row.requests.toLocaleString('en')}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {messages.unitCount(row.units)}
              </Table.Td>
              <Table.Td aria-hidden>
                <Progress value={(row.units / most) * 100} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** What a row is called. */
function nameOf(by: UsageReport['by'], { key, name }: UsageRow): string {
  switch (by) {
    case 'day':
      return key
    case 'metric': {
      const [method = '', client = ''] = key.split('/')
      return `${METHODS[method]?.label ?? method} · ${messages.client(client)}`
    }
    case 'person':
      return key === PUBLIC_USER ? messages.public : (name ?? messages.gone)
    case 'map':
      return key === '' ? messages.noMap : (name ?? messages.unnamedMap)
    case 'group':
      return name ?? key
  }
}
