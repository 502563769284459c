import type { UnusedGrant } from '@graticule/contract'
import { IconShare } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { reportFiles, revokeGrant, unusedGrantsQuery } from '../../../api/access.ts'
import { ApiError } from '../../../api/api-error.ts'
import { useCan } from '../../../shell/use-session.ts'
import {
  Anchor,
  Button,
  ListFooter,
  modals,
  notifications,
  PageState,
  QueryView,
  RelativeTime,
  RowsSkeleton,
  Select,
  Table,
  Text,
  Tooltip,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { unusedMessages as messages, messages as reportMessages } from './messages.ts'
import classes from './report.module.css'
import { DownloadReport, KindFilter, nameOfAsset } from './report-controls.tsx'
import {
  DEFAULT_UNUSED_DAYS,
  REPORT_PAGE_SIZE,
  toUnusedQuery,
  UNUSED_DAYS,
  type UnusedSearch,
} from './report-search.ts'
import { LastUse, RecordedSince } from './way-list.tsx'

const route = getRouteApi('/signed-in/workspace/settings/unused-shares')

/** Shares that nobody has come by for long: of everybody for admins, of their own assets for editors. */
export function UnusedSettings() {
  return (
    <ForAdmins action="map.create" title={messages.forbiddenTitle}>
      <UnusedShares />
    </ForAdmins>
  )
}

function UnusedShares() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings/unused-shares' })
  const change = (changes: UnusedSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const seesAll = useCan('access.report').allowed
  const wanted = toUnusedQuery(search)
  const options = unusedGrantsQuery(wanted)
  const query = useQuery(options)
  const file = reportFiles.unused({ days: wanted.days, kind: wanted.kind })
  return (
    <section aria-label={messages.title}>
      <Text size="sm" c="dimmed" mb="sm">
        {messages.help} {seesAll ? messages.helpAll : messages.helpOwn}
      </Text>
      <div className={classes.toolbar}>
        <Select
          aria-label={messages.days}
          w={190}
          allowDeselect={false}
          value={String(search.days ?? DEFAULT_UNUSED_DAYS)}
          data={UNUSED_DAYS.map((days) => ({ value: String(days), label: reportMessages.unusedFor(days) }))}
          onChange={(value) => change({ days: UNUSED_DAYS.find((days) => String(days) === value) })}
        />
        <KindFilter kind={search.kind} onChange={(kind) => change({ kind })} />
        <DownloadReport file={file} />
      </div>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={6} />}
      >
        {({ grants, total, recordedSince }) => (
          <>
            {total === 0 ? (
              <PageState icon={<IconShare size={20} />} title={messages.noneTitle}>
                {messages.noneText}
              </PageState>
            ) : (
              <>
                <UnusedTable grants={grants} />
                <ListFooter
                  count={messages.count(total)}
                  total={total}
                  pageSize={REPORT_PAGE_SIZE}
                  page={search.page ?? 1}
                  pagesLabel={reportMessages.pages}
                  onPage={(page) => change({ page })}
                />
              </>
            )}
            <RecordedSince at={recordedSince} />
          </>
        )}
      </QueryView>
    </section>
  )
}

function UnusedTable({ grants }: { grants: readonly UnusedGrant[] }) {
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{messages.columns.asset}</Table.Th>
            <Table.Th>{messages.columns.sharedWith}</Table.Th>
            <Table.Th>{messages.columns.since}</Table.Th>
            <Table.Th>{messages.columns.by}</Table.Th>
            <Table.Th>{messages.columns.lastUsed}</Table.Th>
            <Table.Th w={130} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {grants.map((grant) => (
            <Table.Tr key={`${grant.asset.kind}:${grant.asset.id}:${grant.audience}:${grant.audienceId ?? ''}`}>
              <Table.Td>
                <Text fw={500}>{nameOfAsset(grant.asset)}</Text>
                <Text size="xs" c="dimmed">
                  {reportMessages.kind[grant.asset.kind]} · {grant.asset.owner?.name ?? reportMessages.system}
                </Text>
              </Table.Td>
              <Table.Td>{audienceOf(grant)}</Table.Td>
              <Table.Td>
                <RelativeTime at={grant.since} />
              </Table.Td>
              <Table.Td title={grant.grantedBy?.email}>{grant.grantedBy?.name ?? messages.nobody}</Table.Td>
              <Table.Td>
                <LastUse day={grant.lastUsedOn} />
              </Table.Td>
              <Table.Td ta="right">
                <Revoke grant={grant} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Takes the share back where that is the asker's to do; names whom to ask otherwise. */
function Revoke({ grant }: { grant: UnusedGrant }) {
  const queryClient = useQueryClient()
  const { isPending, mutate } = useMutation({
    mutationFn: () =>
      revokeGrant({
        kind: grant.asset.kind,
        id: grant.asset.id,
        audience: grant.audience,
        ...(grant.audienceId !== null && { audienceId: grant.audienceId }),
      }),
    onSuccess: () => notifications.show({ message: messages.revoked }),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.revokeFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['access'] })
      await queryClient.invalidateQueries({ queryKey: ['sharing'] })
    },
  })
  if (!grant.revoke.allowed) {
    const { owner } = grant.asset
    return (
      <Tooltip label={grant.revoke.reason}>
        {owner === null ? (
          <Text size="xs" c="dimmed">
            {reportMessages.system}
          </Text>
        ) : (
          <Anchor size="xs" href={`mailto:${owner.email}`}>
            {messages.askOwner}
          </Anchor>
        )}
      </Tooltip>
    )
  }
  const confirm = () =>
    modals.openConfirmModal({
      title: messages.revokeTitle(audienceOf(grant)),
      children: messages.revokeText(nameOfAsset(grant.asset)),
      labels: { confirm: messages.revoke, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => mutate(),
    })
  return (
    <Button size="compact-sm" variant="default" loading={isPending} onClick={confirm}>
      {messages.revoke}
    </Button>
  )
}

function audienceOf({ audience, audienceName }: UnusedGrant): string {
  const word = messages.audiences[audience]
  return audienceName === null ? word : `${word} ${audienceName}`
}
