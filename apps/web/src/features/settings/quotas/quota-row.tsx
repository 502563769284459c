import type { ReactNode } from 'react'
import { Progress, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './quotas.module.css'

interface QuotaRowProps {
  readonly label: string
  /** Who or what counts. */
  readonly help: ReactNode
  readonly used: number
  /** Null: any number. */
  readonly limit: number | null
  /** The field that changes the limit, for those who may. */
  readonly field?: ReactNode
}

/** One quota: how much of it is used, what counts, and the field that changes it. */
export function QuotaRow({ label, help, used, limit, field }: QuotaRowProps) {
  const sentence = messages.use(used, limit)
  return (
    <li className={classes.row}>
      <div className={classes.facts}>
        <div className={classes.head}>
          <Text fw={500}>{label}</Text>
          <Text className="tabular">{sentence}</Text>
        </div>
        {limit !== null && (
          <Progress
            aria-label={`${label}: ${sentence}`}
            color={used >= limit ? 'yellow' : undefined}
            value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
          />
        )}
        <Text c="dimmed" size="xs">
          {help}
        </Text>
      </div>
      {field}
    </li>
  )
}
