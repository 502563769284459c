import { type SchemaField, WIDGET_OPERATIONS, type WidgetOperation } from '@graticule/contract'
import { useState } from 'react'
import { isNumberFormat } from '../../../map/format-value.ts'
import { Select, TextInput } from '../../../ui/index.ts'
import { firstMeasure, isNumeric } from './columns.ts'
import { messages } from './messages.ts'

/** Chooses one column of a source. */
export function ColumnField(props: {
  label: string
  value: string
  columns: readonly SchemaField[]
  onChange: (column: string) => void
}) {
  const names = props.columns.map((column) => column.name)
  return (
    <Select
      label={props.label}
      data={names.includes(props.value) ? names : [props.value, ...names]}
      value={props.value}
      searchable={names.length > 8}
      allowDeselect={false}
      onChange={(column) => column && props.onChange(column)}
    />
  )
}

/** Chooses what is computed, and of which column when it needs one. */
export function OperationFields(props: {
  operation: WidgetOperation
  column: string
  columns: readonly SchemaField[]
  onChange: (operation: WidgetOperation, column: string) => void
}) {
  const numeric = props.columns.filter(isNumeric)
  const offered = WIDGET_OPERATIONS.filter((operation) => operation === 'count' || numeric.length > 0)
  return (
    <>
      <Select
        label={messages.operation}
        data={offered.map((operation) => ({ value: operation, label: messages.operations[operation] }))}
        value={props.operation}
        allowDeselect={false}
        onChange={(chosen) => {
          const operation = WIDGET_OPERATIONS.find((each) => each === chosen)
          if (!operation) return
          const isKept = numeric.some((column) => column.name === props.column)
          const column = isKept ? props.column : (firstMeasure(props.columns)?.name ?? '*')
          props.onChange(operation, operation === 'count' ? '*' : column)
        }}
      />
      {props.operation !== 'count' && (
        <ColumnField
          label={messages.operationColumn}
          value={props.column}
          columns={numeric}
          onChange={(column) => props.onChange(props.operation, column)}
        />
      )}
    </>
  )
}

/** A d3-format specifier; only a valid one is taken. */
export function FormatField(props: { format?: string | null; onChange: (format: string | null) => void }) {
  const [text, setText] = useState(props.format ?? '')
  const isValid = text === '' || isNumberFormat(text)
  return (
    <TextInput
      label={messages.format}
      description={messages.formatHint}
      placeholder=",.1f"
      value={text}
      error={isValid ? undefined : messages.formatInvalid}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        if (next === '' || isNumberFormat(next)) props.onChange(next === '' ? null : next)
      }}
    />
  )
}
