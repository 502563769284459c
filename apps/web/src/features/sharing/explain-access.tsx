import type { AccessExplanation } from '@graticule/contract'
import { ACTIONS, type Action, type ShareableKind } from '@graticule/policy'
import { IconChevronDown, IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { explanationQuery } from '../../api/access.ts'
import type { Shareable } from '../../api/sharing.ts'
import { messages as shellMessages } from '../../shell/messages.ts'
import { useCan } from '../../shell/use-session.ts'
import { Anchor, Button, Collapse, ErrorState, Select, Skeleton, Text, useDisclosure } from '../../ui/index.ts'
import classes from './explain-access.module.css'
import { explainMessages as messages, shareMessages } from './messages.ts'
import { SubjectPicker } from './subject-picker.tsx'

/** What one asks about each kind of asset; the first is asked unless another is chosen. */
const QUESTIONS: Readonly<Record<ShareableKind, readonly Action[]>> = {
  map: ['map.read', 'map.update', 'map.share'],
  connection: ['connection.use', 'sql.run', 'tile.read', 'data.browse', 'connection.share'],
  workflow: ['workflow.read', 'workflow.update', 'workflow.share'],
  application: ['application.read', 'application.update', 'application.share'],
  project: ['project.read', 'project.fill', 'project.update', 'project.share'],
}

/** Answers for anybody, a group, a token or visitors why they may or may not do something, and what would change that. */
export function ExplainAccess({ asset }: { asset: Shareable }) {
  const [isOpen, panel] = useDisclosure(false)
  const [subject, setSubject] = useState<string | null>(null)
  const [action, setAction] = useState<Action>(QUESTIONS[asset.kind][0] ?? 'map.read')
  const canReport = useCan('access.report').allowed
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconHelpCircle size={14} aria-hidden />}
        rightSection={<IconChevronDown size={14} aria-hidden />}
        aria-expanded={isOpen}
        onClick={panel.toggle}
      >
        {messages.open}
      </Button>
      {canReport && (
        <Anchor
          size="xs"
          ml="sm"
          renderRoot={(anchor) => (
            <Link to="/settings/access-report" search={{ asset: `${asset.kind}:${asset.id}` }} {...anchor} />
          )}
        >
          {messages.report}
        </Anchor>
      )}
      <Collapse expanded={isOpen}>
        <section className={classes.panel} aria-label={messages.title}>
          <div className={classes.question}>
            <SubjectPicker kind={asset.kind} onPick={setSubject} />
            <Select
              aria-label={messages.action}
              allowDeselect={false}
              value={action}
              data={QUESTIONS[asset.kind].map((value) => ({ value, label: messages.may(ACTIONS[value].phrase) }))}
              onChange={(value) => setAction(QUESTIONS[asset.kind].find((known) => known === value) ?? action)}
            />
          </div>
          {subject !== null && <Answer subject={subject} action={action} asset={asset} />}
        </section>
      </Collapse>
    </div>
  )
}

function Answer({ subject, action, asset }: { subject: string; action: Action; asset: Shareable }) {
  const { data, error } = useQuery(explanationQuery(subject, action, asset))
  if (error) return <ErrorState error={error} isPart />
  if (!data) return <Skeleton height={80} aria-label={messages.awaiting} />
  const Icon = data.allowed ? IconCircleCheck : IconCircleX
  return (
    <div aria-live="polite">
      <p className={classes.verdict}>
        <Icon size={16} aria-hidden className={data.allowed ? classes.yes : classes.no} />
        <span>
          {messages.verdicts[data.subject.kind](data.subject.name, data.allowed, ACTIONS[action].phrase)}{' '}
          <Text component="span" size="xs" c="dimmed">
            {messages.rule(data.rule)}
          </Text>
        </span>
      </p>
      {!data.allowed && (
        <Text size="xs" c="dimmed">
          {data.subject.kind === 'group' ? data.reason : messages.told(data.reason)}
        </Text>
      )}
      <Rules rules={data.rules} />
      <Facts title={messages.roles} facts={(data.roles ?? []).map(describeRole)} />
      <Facts title={messages.bounds} facts={data.bounds.map(({ sentence }) => sentence)} />
      <Facts title={messages.logins} facts={data.credentials.map(describeCredential)} />
      <Facts title={data.allowed ? messages.ends : messages.gives} facts={data.flips.map(({ sentence }) => sentence)} />
    </div>
  )
}

/** The rules in the order in which they count, each with the way by which it gets to the person. */
function Rules({ rules }: { rules: AccessExplanation['rules'] }) {
  return (
    <div className={classes.facts}>
      <Text size="xs" fw={600}>
        {messages.rules}
      </Text>
      <ol>
        {rules.map((each, index) => (
          <li key={`${each.rule} ${each.path} ${each.name ?? index}`}>
            {describeRule(each)}{' '}
            <Text component="span" size="xs" c="dimmed">
              {messages.rule(each.rule)}
            </Text>
          </li>
        ))}
      </ol>
    </div>
  )
}

function Facts({ title, facts }: { title: string; facts: readonly string[] }) {
  if (facts.length === 0) return null
  return (
    <div className={classes.facts}>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      <ul>
        {[...new Set(facts)].map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </div>
  )
}

function describeRule({ effect, path, name, sentence }: AccessExplanation['rules'][number]): string {
  if (effect === 'deny') return `${messages.denies}: ${sentence}`
  if (path === null) return `${messages.grants}: ${sentence}`
  const way = shareMessages.paths[path]
  return `${messages.grants}: ${name === null ? way : `${way}: ${name}`}`
}

function describeRole({ role, by }: NonNullable<AccessExplanation['roles']>[number]): string {
  return messages.byRole(shellMessages.roles[role], by)
}

function describeCredential(credential: AccessExplanation['credentials'][number]): string {
  const { connection, flips = [], source } = credential
  const subject = [source, connection].filter((part) => part !== null).join(' · ')
  const sentence = flips.length === 0 ? credential.sentence : `${credential.sentence} ${messages.wouldBeSent(flips)}`
  return subject === '' ? sentence : `${subject}: ${sentence}`
}
