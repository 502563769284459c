import type { ActivityEvent } from '@graticule/contract'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { activityStatementQuery } from '../../api/activity.ts'
import { messages as shellMessages } from '../../shell/messages.ts'
import { ActionIcon, Badge, Code, Group, RelativeTime, Table, useDisclosure } from '../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './settings.module.css'

/** One event: a line, and everything that is known of it below when it is opened. */
export function ActivityRow({ event }: { event: ActivityEvent }) {
  const [isOpen, open] = useDisclosure(false)
  const facts = {
    ...event.details,
    ...(event.assetId ? { [event.assetType ?? 'asset']: event.assetId } : {}),
    ...(event.reasonCode ? { reason: event.reasonCode } : {}),
    ...(event.decisionId ? { decision: event.decisionId } : {}),
    ...(event.ipAddress ? { ipAddress: event.ipAddress } : {}),
    ...(event.userAgent ? { userAgent: event.userAgent } : {}),
    ...(event.requestId ? { requestId: event.requestId } : {}),
    ...(event.supportGrantId ? { supportGrant: event.supportGrantId } : {}),
  }
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <RelativeTime at={event.at} />
        </Table.Td>
        <Table.Td title={event.actor?.email}>
          {event.actor?.name ?? messages.nobody}{' '}
          {event.supportGrantId && <Badge color="yellow">{shellMessages.support}</Badge>}
        </Table.Td>
        <Table.Td>
          <span title={event.type}>{event.says}</span>{' '}
          {event.outcome !== 'ok' && (
            <Badge color={event.outcome === 'denied' ? 'orange' : 'red'}>
              {messages.activityOutcomes[event.outcome]}
            </Badge>
          )}
        </Table.Td>
        <Table.Td>
          <Group gap={4} wrap="nowrap">
            <ActionIcon size={20} aria-label={messages.showDetails} aria-expanded={isOpen} onClick={open.toggle}>
              {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            </ActionIcon>
            <div className={classes.details}>{summarize(event)}</div>
          </Group>
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={4}>
            <Code block fz={12}>
              {JSON.stringify({ type: event.type, ...facts, seq: event.seq }, null, 2)}
            </Code>
            {typeof event.details.statement === 'string' && <Statement digest={event.details.statement} />}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

/** What was asked, without the values that were written into it. */
function Statement({ digest }: { digest: string }) {
  const { data } = useQuery(activityStatementQuery(digest))
  if (data === undefined) return null
  return (
    <Code block fz={12} mt={4} aria-label={messages.activityStatement}>
      {data.text}
    </Code>
  )
}

/** The details on one line: `key: value`, the first few. */
function summarize(event: ActivityEvent): string {
  const parts = Object.entries(event.details)
    .filter(([, value]) => value !== null && value !== '')
    .slice(0, 4)
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  return parts.join(' · ')
}
