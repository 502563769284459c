import { USAGE_DIMENSIONS, type UsageDimension, type UsageReport } from '@graticule/contract'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { usageFileUrl, usageQuery } from '../../../api/usage.ts'
import { useCan } from '../../../shell/use-session.ts'
import {
  Button,
  PageState,
  QueryView,
  RowsSkeleton,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { messages } from './messages.ts'
import classes from './usage.module.css'
import type { UsageSearch } from './usage-search.ts'
import { UsageTable } from './usage-table.tsx'
import { YearSection } from './year-section.tsx'

const route = getRouteApi('/signed-in/workspace/settings/usage')

/** What the APIs are used for: by everybody, for those who look after that, or by oneself. */
export function UsageSettings() {
  return (
    <ForAdmins action="usage.read-own" title={messages.forbiddenTitle}>
      <Usage />
    </ForAdmins>
  )
}

function Usage() {
  const search = route.useSearch()
  const seesAll = useCan('usage.read').allowed
  const scope = seesAll && search.scope === undefined ? 'all' : 'mine'
  const isOffered = (dimension: UsageDimension) => scope === 'all' || (dimension !== 'person' && dimension !== 'group')
  const by = search.by !== undefined && isOffered(search.by) ? search.by : 'day'
  const period = { from: search.from, to: search.to }
  const options = usageQuery(scope, { by, ...period })
  const query = useQuery(options)
  const navigate = useNavigate({ from: '/settings/usage' })
  const change = (changes: UsageSearch) => void navigate({ search: { ...search, ...changes }, replace: true })
  return (
    <Stack gap="lg">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed" maw={760}>
          {messages.intro}
        </Text>
        <Text c="dimmed" size="xs">
          {messages.weightsTitle}: {messages.weights}
        </Text>
      </div>
      <div className={classes.toolbar}>
        {seesAll && (
          <SegmentedControl
            aria-label={messages.scopeLabel}
            value={scope}
            data={[
              { value: 'all', label: messages.scopes.all },
              { value: 'mine', label: messages.scopes.mine },
            ]}
            onChange={(value) => change({ scope: value === 'mine' ? 'mine' : undefined })}
          />
        )}
        <Select
          aria-label={messages.byLabel}
          w={120}
          allowDeselect={false}
          data={USAGE_DIMENSIONS.filter(isOffered).map((value) => ({ value, label: messages.by[value] }))}
          value={by}
          onChange={(value) => change({ by: USAGE_DIMENSIONS.find((dimension) => dimension === value) })}
        />
        <TextInput
          type="date"
          aria-label={messages.from}
          value={search.from ?? ''}
          max={search.to}
          onChange={(event) => change({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          aria-label={messages.to}
          value={search.to ?? ''}
          min={search.from}
          onChange={(event) => change({ to: event.currentTarget.value || undefined })}
        />
        <Button
          className={classes.download}
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.6} />}
          renderRoot={(button) => (
            <a href={usageFileUrl(scope, period)} download {...button}>
              {button.children}
            </a>
          )}
        >
          {messages.download}
        </Button>
      </div>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={6} />}
      >
        {(report) => (
          <>
            <YearSection report={report} isMine={scope === 'mine'} />
            <Rows report={report} />
          </>
        )}
      </QueryView>
    </Stack>
  )
}

function Rows({ report }: { report: UsageReport }) {
  if (report.rows.length === 0) {
    return (
      <PageState icon={<IconChartBar size={20} />} title={messages.noneTitle}>
        {messages.noneText}
      </PageState>
    )
  }
  return (
    <>
      <UsageTable report={report} />
      {!report.isComplete && (
        <Text c="dimmed" size="xs">
          {messages.incomplete}
        </Text>
      )}
    </>
  )
}
