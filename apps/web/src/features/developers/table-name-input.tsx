import { useQuery } from '@tanstack/react-query'
import { schemasQuery, tablesQuery } from '../../api/catalog.ts'
import { namedSourcesQuery } from '../../api/named-sources.ts'
import { Autocomplete, lookupError } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** A source of a grant: `*`, `schema.*`, `schema.table` or a named source, completed from the connection's catalogue as one types. */
export function TableNameInput(props: {
  connectionName: string
  value: string
  /** Whether `*` is among what is offered. */
  offersEverything: boolean
  error: string | undefined
  onChange: (value: string) => void
}) {
  const { connectionName, value } = props
  const schemas = useQuery({ ...schemasQuery(connectionName), enabled: connectionName !== '', retry: false })
  const named = useQuery(namedSourcesQuery)
  const names = (schemas.data ?? []).map(({ name }) => name)
  const typed = value.split('.')[0] ?? ''
  const schema = names.includes(typed) ? typed : names.length === 1 ? (names[0] ?? '') : ''
  const tables = useQuery({ ...tablesQuery(connectionName, schema), enabled: schema !== '', retry: false })
  const options = [
    ...(props.offersEverything ? ['*'] : []),
    ...(named.data ?? []).filter((each) => each.connection_name === connectionName).map(({ name }) => name),
    ...(schema === '' ? [] : [`${schema}.*`]),
    ...(tables.data ?? []).map((table) => `${table.schema}.${table.name}`),
    ...names.filter((name) => name !== schema).map((name) => `${name}.`),
  ]
  return (
    <Autocomplete
      aria-label={messages.source}
      flex={1}
      placeholder={messages.sourcePlaceholder}
      data={options}
      limit={50}
      value={value}
      error={props.error ?? lookupError(schemas, named, tables)}
      spellCheck={false}
      onChange={props.onChange}
    />
  )
}
