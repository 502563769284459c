import type { UsageReport } from '@graticule/contract'
import { Alert, Progress, Text, Title } from '../../../ui/index.ts'
import classes from '../quotas/quotas.module.css'
import settingsClasses from '../settings.module.css'
import { messages } from './messages.ts'

/** How much of the quota year's units is used: by the organization or oneself, and of each limit that is shown. */
export function YearSection({ report, isMine }: { report: UsageReport; isMine: boolean }) {
  const { limits, year } = report
  const { quota, used } = year
  const total = isMine || quota === null ? messages.usedAlone(used) : messages.used(used, quota)
  return (
    <section aria-label={messages.yearTitle}>
      {quota !== null && used >= quota * 0.8 && (
        <Alert mb="sm" color="yellow" title={used >= quota ? messages.over : messages.nearly}>
          {messages.used(used, quota)}. {messages.soft}
        </Alert>
      )}
      <Title order={3}>{messages.yearTitle}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {messages.yearUntil(year.end)} {!isMine && messages.soft} {limits.length > 0 && messages.hard}
      </Text>
      <div className={settingsClasses.panel}>
        <ul className={classes.rows}>
          <Bar name={isMine ? messages.ofMe : messages.ofOrganization} sentence={total} used={used} most={quota} />
          {limits.map((limit) => (
            <Bar
              key={`${limit.kind}/${limit.id}`}
              name={`${messages.kinds[limit.kind]} · ${limit.name}`}
              sentence={`${messages.used(limit.used, limit.units)}${limit.used >= limit.units ? `, ${messages.reached}` : ''}`}
              used={limit.used}
              most={limit.units}
            />
          ))}
        </ul>
      </div>
    </section>
  )
}

function Bar(props: { name: string; sentence: string; used: number; most: number | null }) {
  const { most, name, sentence, used } = props
  return (
    <li className={classes.row}>
      <div className={classes.facts}>
        <div className={classes.head}>
          <Text fw={500}>{name}</Text>
          <Text className="tabular">{sentence}</Text>
        </div>
        {most !== null && (
          <Progress
            aria-label={`${name}: ${sentence}`}
            color={used >= most ? 'yellow' : undefined}
            value={most === 0 ? 100 : Math.min(100, (used / most) * 100)}
          />
        )}
      </div>
    </li>
  )
}
