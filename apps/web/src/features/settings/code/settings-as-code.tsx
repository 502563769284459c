import type { AccessTestReport, SettingsText } from '@graticule/contract'
import { IconCheck, IconDownload, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type SettingsFormat, settingsQuery, testSettings } from '../../../api/settings-document.ts'
import {
  Button,
  CopyTextButton,
  FormError,
  Group,
  QueryView,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  Textarea,
  Title,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { SettingsPlanDialog } from '../plan/settings-plan-dialog.tsx'
import classes from './code.module.css'
import { messages } from './messages.ts'

/** All settings as one document: to read, copy, change, plan, apply and test. */
export function SettingsAsCode() {
  return (
    <ForAdmins action="settings.manage" title={messages.forbiddenTitle}>
      <DocumentPage />
    </ForAdmins>
  )
}

function DocumentPage() {
  const [format, setFormat] = useState<SettingsFormat>('yaml')
  const query = useQuery(settingsQuery(format))
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed" maw={720}>
          {messages.intro}
        </Text>
      </div>
      <SegmentedControl
        aria-label={messages.form}
        className={classes.forms}
        data={[
          { value: 'yaml', label: messages.forms.yaml },
          { value: 'json', label: messages.forms.json },
        ]}
        value={format}
        onChange={(value) => setFormat(value === 'json' ? 'json' : 'yaml')}
      />
      <QueryView
        query={query}
        queryKey={settingsQuery(format).queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={420} />}
      >
        {(settings) => <Editor key={settings.text} settings={settings} format={format} />}
      </QueryView>
    </Stack>
  )
}

function Editor({ settings, format }: { settings: SettingsText; format: SettingsFormat }) {
  const [text, setText] = useState(settings.text)
  const [isPlanned, setIsPlanned] = useState(false)
  const test = useMutation({ mutationFn: testSettings })
  const isChanged = text !== settings.text
  return (
    <Stack gap="sm">
      <Textarea
        aria-label={messages.document}
        classNames={{ input: classes.document }}
        rows={22}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button disabled={!isChanged} onClick={() => setIsPlanned(true)}>
          {messages.plan}
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(text)}>
          {messages.test}
        </Button>
        <CopyTextButton value={text} label={messages.copy} />
        <Button variant="default" leftSection={<IconDownload size={14} />} onClick={() => download(text, format)}>
          {messages.download}
        </Button>
        {isChanged && (
          <Button variant="subtle" onClick={() => setText(settings.text)}>
            {messages.reset}
          </Button>
        )}
      </Group>
      <FormError error={test.error} title={messages.testFailed} />
      {test.data && <Report report={test.data} />}
      <Text size="xs" c="dimmed">
        {messages.commandLine}
      </Text>
      {isPlanned && <SettingsPlanDialog text={text} base={settings.revisions} onClose={() => setIsPlanned(false)} />}
    </Stack>
  )
}

function Report({ report: { passed, failed, results } }: { report: AccessTestReport }) {
  return (
    <section className={classes.report} aria-live="polite">
      <Text fw={500}>{messages.testTitle(passed, failed)}</Text>
      <ul>
        {results.map(({ expected, decisions, passed: isPassed, problem }) => {
          const who = expected.person ?? expected.role ?? expected.group ?? ''
          const asked = messages.expectation(who, expected.allowed, expected.action, expected.asset ?? '')
          const Icon = isPassed ? IconCheck : IconX
          return (
            <li key={asked}>
              <Icon size={16} role="img" aria-label={isPassed ? messages.asExpected : messages.notAsExpected} />
              <div>
                <Text>{asked}</Text>
                {problem !== null && <Text c="dimmed">{problem}</Text>}
                {decisions.map(({ name, reason }) => (
                  <Text key={`${name} ${reason}`} size="xs" c="dimmed">
                    {name}: {reason}
                  </Text>
                ))}
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function download(text: string, format: SettingsFormat): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `settings.${format}`
  link.click()
  URL.revokeObjectURL(address)
}
