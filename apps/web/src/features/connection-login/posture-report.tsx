import type { PostureFinding, PostureReport, PostureSeverity } from '@graticule/contract'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconChevronRight, IconShieldX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import {
  Alert,
  Badge,
  Button,
  CodeBlock,
  Collapse,
  Group,
  List,
  RelativeTime,
  Stack,
  Text,
  useDisclosure,
} from '../../ui/index.ts'
import { messages } from './messages.ts'
import { PostureTables } from './posture-tables.tsx'

const COLORS: Readonly<Record<PostureSeverity, string>> = { red: 'red', amber: 'yellow', green: 'green' }
const ICONS: Readonly<Record<PostureSeverity, typeof IconCheck>> = {
  red: IconShieldX,
  amber: IconAlertTriangle,
  green: IconCheck,
}

/** A report: the verdict, what is to be mended with its SQL, what is good, and the tables. */
export function PostureReportView({ report, checkedAt }: { report: PostureReport; checkedAt: string | null }) {
  const problems = report.findings.filter(({ severity }) => severity !== 'green')
  const good = report.findings.filter(({ severity }) => severity === 'green')
  const Icon = ICONS[report.severity]
  return (
    <Stack gap="sm">
      <Alert
        color={COLORS[report.severity]}
        icon={<Icon size={16} />}
        title={messages.verdicts[report.severity]}
        role="status"
      >
        {messages.verdictTexts[report.severity]}
      </Alert>
      <Group gap="xs" c="dimmed">
        <Text size="xs">{messages.checkedAs(report.login)}</Text>
        {checkedAt !== null && (
          <Text size="xs" component="span">
            <RelativeTime at={checkedAt} />
          </Text>
        )}
        <Text size="xs">{messages.server(report.serverVersion, report.isEncrypted)}</Text>
      </Group>
      {problems.map((finding) => (
        <Finding key={`${finding.rule} ${finding.object}`} finding={finding} />
      ))}
      {report.omittedCount > 0 && (
        <Text size="sm" c="dimmed">
          {messages.omitted(report.omittedCount)}
        </Text>
      )}
      <Unfolding label={messages.good(good.length)}>
        <List size="sm" icon={<IconCheck size={14} aria-hidden />} spacing={4} mt={4}>
          {good.map(({ rule, sentence }) => (
            <List.Item key={rule}>{sentence}</List.Item>
          ))}
        </List>
      </Unfolding>
      {report.tables.length > 0 && (
        <Unfolding label={messages.tablesTitle}>
          <PostureTables tables={report.tables} />
        </Unfolding>
      )}
    </Stack>
  )
}

function Finding({ finding: { severity, sentence, remedy, object } }: { finding: PostureFinding }) {
  return (
    <Stack gap={6}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <Badge color={COLORS[severity]} variant="light" style={{ flexShrink: 0 }}>
          {messages.severities[severity]}
        </Badge>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {sentence}
        </Text>
      </Group>
      {remedy !== null && (
        <CodeBlock code={remedy} label={messages.remedyOf(object ?? sentence)} copyLabel={messages.copyRemedy} />
      )}
    </Stack>
  )
}

function Unfolding({ label, children }: { label: string; children: ReactNode }) {
  const [isOpen, folds] = useDisclosure(false)
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        aria-expanded={isOpen}
        leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        onClick={folds.toggle}
      >
        {label}
      </Button>
      <Collapse expanded={isOpen}>{children}</Collapse>
    </div>
  )
}
