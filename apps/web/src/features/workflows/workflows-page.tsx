import { WORKFLOW_SCOPES } from '@graticule/contract'
import { IconPlus, IconSchema, IconSearch, IconStar, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { workflowsQuery } from '../../api/workflows.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { useCan, useRoleReaches } from '../../shell/use-session.ts'
import {
  Button,
  ListFooter,
  PageState,
  QueryView,
  RowsSkeleton,
  SearchField,
  SegmentedControl,
  Text,
} from '../../ui/index.ts'
import { TagFilter } from '../library/tag-filter.tsx'
import { messages } from './messages.ts'
import { WorkflowDialog } from './workflow-dialog.tsx'
import { WorkflowTable } from './workflow-table.tsx'
import classes from './workflows.module.css'
import { toWorkflowListQuery, WORKFLOWS_PAGE_SIZE, type WorkflowsSearch } from './workflows-search.ts'

const route = getRouteApi('/signed-in/workspace/workflows')

/** The workflows that this person may open. */
export function WorkflowsPage() {
  return useRoleReaches('workflow.read') ? <WorkflowList /> : <ForbiddenPage title={messages.title} />
}

function WorkflowList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/workflows' })
  const change = (changes: WorkflowsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const options = workflowsQuery(toWorkflowListQuery(search))
  const query = useQuery(options)
  const canCreate = useCan('workflow.create').allowed
  const addButton = canCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => change({ create: true })}>
      {messages.newWorkflow}
    </Button>
  )
  return (
    <Page title={messages.title} actions={addButton}>
      <div className={classes.toolbar}>
        <SegmentedControl
          aria-label={messages.scopesLabel}
          value={search.scope ?? 'all'}
          onChange={(scope) => change({ scope: WORKFLOW_SCOPES.find((known) => known === scope && known !== 'all') })}
          data={WORKFLOW_SCOPES.map((scope) => ({ value: scope, label: messages.scopes[scope] }))}
        />
        <SearchField
          className={classes.search}
          label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          clearLabel={messages.clearSearch}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text || undefined })}
        />
        <TagFilter kind="workflow" tag={search.tag} onChange={(tag) => change({ tag })} />
      </div>
      <Text size="xs" c="dimmed" mb="sm">
        {messages.later}
      </Text>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<RowsSkeleton count={5} />}
      >
        {({ workflows, total }) =>
          total === 0 ? (
            <NoWorkflows search={search} canCreate={canCreate} onChange={change} />
          ) : (
            <>
              <WorkflowTable workflows={workflows} search={search} onSort={change} />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={WORKFLOWS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pages}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      <WorkflowDialog
        workflow={null}
        opened={search.create === true && canCreate}
        onClose={() => change({ create: undefined })}
      />
    </Page>
  )
}

function NoWorkflows(props: {
  search: WorkflowsSearch
  canCreate: boolean
  onChange: (changes: WorkflowsSearch) => void
}) {
  const { search, canCreate, onChange } = props
  if (search.search !== undefined || search.tag !== undefined) {
    return (
      <PageState
        icon={<IconSearch size={20} />}
        title={messages.noMatchTitle}
        actions={
          <Button variant="default" onClick={() => onChange({ search: undefined, tag: undefined })}>
            {messages.clearFilters}
          </Button>
        }
      >
        {search.search === undefined ? messages.noMatchTag : messages.noMatchText(search.search)}
      </PageState>
    )
  }
  if (search.scope === 'favourites') {
    return (
      <PageState icon={<IconStar size={20} />} title={messages.emptyFavouritesTitle}>
        {messages.emptyFavouritesText}
      </PageState>
    )
  }
  if (search.scope === 'shared') {
    return (
      <PageState icon={<IconUsers size={20} />} title={messages.emptySharedTitle}>
        {messages.emptySharedText}
      </PageState>
    )
  }
  return (
    <PageState
      icon={<IconSchema size={20} />}
      title={messages.emptyTitle}
      actions={canCreate && <Button onClick={() => onChange({ create: true })}>{messages.newWorkflow}</Button>}
    >
      {canCreate ? messages.emptyText : messages.emptyReadOnlyText}
    </PageState>
  )
}
