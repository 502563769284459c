import type { AssetReport, PersonReport } from '@graticule/contract'
import { IconReportSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { assetReportQuery, personReportQuery, reportFiles } from '../../../api/access.ts'
import type { Shareable } from '../../../api/sharing.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import {
  Anchor,
  Button,
  ListFooter,
  PageState,
  QueryView,
  RowsSkeleton,
  SearchField,
  Select,
  Table,
  Text,
} from '../../../ui/index.ts'
import { shareMessages } from '../../sharing/messages.ts'
import { PersonPicker } from '../assets/person-picker.tsx'
import { ForAdmins } from '../for-admins.tsx'
import { AssetPicker } from './asset-picker.tsx'
import { messages } from './messages.ts'
import classes from './report.module.css'
import { DownloadReport, KindFilter, nameOfAsset } from './report-controls.tsx'
import {
  REPORT_PAGE_SIZE,
  REPORTED_WAYS,
  type ReportSearch,
  readAsset,
  toReportFilter,
  UNUSED_DAYS,
} from './report-search.ts'
import { LastUse, RecordedSince, WayList } from './way-list.tsx'

const route = getRouteApi('/signed-in/workspace/settings/access-report')

/** Who reaches what, for admins: of a person everything, or of an asset everybody. */
export function ReportSettings() {
  return (
    <ForAdmins action="access.report" title={messages.forbiddenTitle}>
      <Report />
    </ForAdmins>
  )
}

type Change = (changes: ReportSearch) => void

function Report() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings/access-report' })
  const change: Change = (changes) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const asset = search.asset === undefined ? null : readAsset(search.asset)
  const paging = { page: search.page ?? 1, pageSize: REPORT_PAGE_SIZE }
  const personOptions = personReportQuery(search.person ?? '', { ...toReportFilter(search), ...paging })
  const person = useQuery({ ...personOptions, enabled: search.person !== undefined })
  const assetOptions = assetReportQuery(asset ?? { kind: 'map', id: '' }, { ...toReportFilter(search), ...paging })
  const readers = useQuery({ ...assetOptions, enabled: search.person === undefined && asset !== null })
  return (
    <section aria-label={messages.title}>
      <Text size="sm" c="dimmed" mb="sm">
        {messages.help}
      </Text>
      <div className={classes.toolbar}>
        <PersonPicker
          key={search.person ?? 'nobody'}
          ariaLabel={messages.person}
          placeholder={person.data?.person.name ?? messages.personPlaceholder}
          clearable
          isAnybody
          w={260}
          value={search.person ?? null}
          onPick={(picked) => change({ person: picked?.id, asset: undefined, search: undefined })}
        />
        <AssetPicker
          value={search.asset ?? null}
          name={readers.data ? nameOfAsset(readers.data.asset) : undefined}
          onPick={(picked) =>
            change({ asset: picked ?? undefined, person: undefined, search: undefined, kind: undefined })
          }
        />
      </div>
      {search.person === undefined && asset === null ? (
        <PageState icon={<IconReportSearch size={20} />} title={messages.emptyTitle}>
          {messages.emptyText}
        </PageState>
      ) : (
        <Filters search={search} asset={asset} onChange={change} />
      )}
      {search.person !== undefined && (
        <QueryView
          query={person}
          queryKey={personOptions.queryKey}
          awaiting={messages.awaiting}
          skeleton={<RowsSkeleton count={6} />}
        >
          {(report) => <OfPerson report={report} search={search} onChange={change} />}
        </QueryView>
      )}
      {search.person === undefined && asset !== null && (
        <QueryView
          query={readers}
          queryKey={assetOptions.queryKey}
          awaiting={messages.awaiting}
          skeleton={<RowsSkeleton count={6} />}
        >
          {(report) => <OfAsset report={report} search={search} onChange={change} />}
        </QueryView>
      )}
    </section>
  )
}

function Filters({ search, asset, onChange }: { search: ReportSearch; asset: Shareable | null; onChange: Change }) {
  const isOfPerson = search.person !== undefined
  const filter = toReportFilter(search)
  const file =
    search.person !== undefined ? reportFiles.person(search.person, filter) : asset && reportFiles.asset(asset, filter)
  return (
    <div className={classes.toolbar}>
      <SearchField
        className={classes.search}
        label={isOfPerson ? messages.searchAssets : messages.searchPeople}
        placeholder={messages.searchPlaceholder[isOfPerson ? 'person' : 'asset']}
        clearLabel={messages.clearSearch}
        value={search.search ?? ''}
        onChange={(text) => onChange({ search: text || undefined })}
      />
      {isOfPerson && <KindFilter kind={search.kind} onChange={(kind) => onChange({ kind })} />}
      <Select
        aria-label={messages.pathFilter}
        w={160}
        allowDeselect={false}
        value={search.path ?? ''}
        data={[
          { value: '', label: messages.allPaths },
          ...REPORTED_WAYS.map((way) => ({ value: way, label: shareMessages.paths[way] })),
        ]}
        onChange={(value) => onChange({ path: REPORTED_WAYS.find((way) => way === value) })}
      />
      <Select
        aria-label={messages.unusedFilter}
        w={160}
        allowDeselect={false}
        value={String(search.unused ?? '')}
        data={[
          { value: '', label: messages.anyUse },
          ...UNUSED_DAYS.map((days) => ({ value: String(days), label: messages.unusedFor(days) })),
        ]}
        onChange={(value) => onChange({ unused: UNUSED_DAYS.find((days) => String(days) === value) })}
      />
      {file && <DownloadReport file={file} />}
    </div>
  )
}

function OfPerson({ report, search, onChange }: { report: PersonReport; search: ReportSearch; onChange: Change }) {
  if (report.total === 0) return <NothingFound of="person" onChange={onChange} />
  return (
    <>
      <Table.ScrollContainer minWidth={760}>
        <Table aria-label={messages.captionPerson(report.person.name)} verticalSpacing={6} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{messages.columns.asset}</Table.Th>
              <Table.Th>{messages.columns.kind}</Table.Th>
              <Table.Th>{messages.columns.owner}</Table.Th>
              <Table.Th>{messages.columns.paths}</Table.Th>
              <Table.Th>{messages.columns.lastUsed}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.assets.map((asset) => (
              <Table.Tr key={`${asset.kind}:${asset.id}`}>
                <Table.Td>
                  <Anchor
                    fw={500}
                    renderRoot={(anchor) => (
                      <Link to="/settings/access-report" search={{ asset: `${asset.kind}:${asset.id}` }} {...anchor} />
                    )}
                  >
                    {nameOfAsset(asset)}
                  </Anchor>
                </Table.Td>
                <Table.Td>{messages.kind[asset.kind]}</Table.Td>
                <Table.Td title={asset.owner?.email}>{asset.owner?.name ?? messages.system}</Table.Td>
                <Table.Td>
                  <WayList paths={asset.paths} />
                </Table.Td>
                <Table.Td>
                  <LastUse day={asset.lastUsedOn} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ReportFooter report={report} count={messages.assetCount(report.total)} search={search} onChange={onChange} />
    </>
  )
}

function OfAsset({ report, search, onChange }: { report: AssetReport; search: ReportSearch; onChange: Change }) {
  if (report.total === 0) return <NothingFound of="asset" onChange={onChange} />
  return (
    <>
      <Table.ScrollContainer minWidth={700}>
        <Table aria-label={messages.captionAsset(nameOfAsset(report.asset))} verticalSpacing={6} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{messages.columns.person}</Table.Th>
              <Table.Th>{messages.columns.role}</Table.Th>
              <Table.Th>{messages.columns.paths}</Table.Th>
              <Table.Th>{messages.columns.lastUsed}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.people.map((person) => (
              <Table.Tr key={person.id}>
                <Table.Td title={person.email}>
                  <Anchor
                    fw={500}
                    renderRoot={(anchor) => (
                      <Link to="/settings/access-report" search={{ person: person.id }} {...anchor} />
                    )}
                  >
                    {person.name}
                  </Anchor>
                </Table.Td>
                <Table.Td>{shellMessages.roles[person.role]}</Table.Td>
                <Table.Td>
                  <WayList paths={person.paths} />
                </Table.Td>
                <Table.Td>
                  <LastUse day={person.lastUsedOn} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ReportFooter report={report} count={messages.personCount(report.total)} search={search} onChange={onChange} />
    </>
  )
}

function ReportFooter(props: {
  report: Pick<PersonReport, 'total' | 'recordedSince'>
  count: string
  search: ReportSearch
  onChange: Change
}) {
  const { report, count, search, onChange } = props
  return (
    <>
      <ListFooter
        count={count}
        total={report.total}
        pageSize={REPORT_PAGE_SIZE}
        page={search.page ?? 1}
        pagesLabel={messages.pages}
        onPage={(page) => onChange({ page })}
      />
      <RecordedSince at={report.recordedSince} />
    </>
  )
}

function NothingFound({ of, onChange }: { of: 'person' | 'asset'; onChange: Change }) {
  return (
    <PageState
      icon={<IconReportSearch size={20} />}
      title={messages.noneTitle}
      actions={
        <Button
          variant="default"
          onClick={() => onChange({ search: undefined, kind: undefined, path: undefined, unused: undefined })}
        >
          {messages.clearFilters}
        </Button>
      }
    >
      {messages.noneText[of]}
    </PageState>
  )
}
