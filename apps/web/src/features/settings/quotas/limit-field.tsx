import { NumberInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './quotas.module.css'

/** How many there may be; an empty field is no limit. */
export function LimitField(props: { label: string; value: number | null; onChange: (limit: number | null) => void }) {
  return (
    <NumberInput
      className={classes.field}
      label={props.label}
      placeholder={messages.unlimited}
      min={0}
      max={1_000_000}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      value={props.value ?? ''}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : null)}
    />
  )
}
