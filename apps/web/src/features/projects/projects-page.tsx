import { IconFolder, IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { projectsQuery } from '../../api/projects.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { useCan, useRoleReaches } from '../../shell/use-session.ts'
import { Button, PageState, QueryView, RowsSkeleton, SearchField, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { ProjectDialog } from './project-dialog.tsx'
import { ProjectTable } from './project-table.tsx'
import { listPlaces, type ProjectPlace } from './project-tree.ts'
import classes from './projects.module.css'
import type { ProjectsSearch } from './projects-search.ts'

const route = getRouteApi('/signed-in/workspace/projects')

/** The projects that this person may open; a search finds subfolders too. */
export function ProjectsPage() {
  return useRoleReaches('project.read') ? <ProjectList /> : <ForbiddenPage title={messages.title} />
}

function ProjectList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/projects' })
  const change = (changes: ProjectsSearch) => void navigate({ search: { ...search, ...changes }, replace: true })
  const query = useQuery(projectsQuery)
  const canCreate = useCan('project.create').allowed
  return (
    <Page
      title={messages.title}
      actions={
        canCreate && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => change({ create: true })}>
            {messages.newProject}
          </Button>
        )
      }
    >
      <div className={classes.toolbar}>
        <SearchField
          className={classes.search}
          label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          clearLabel={messages.clearSearch}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text || undefined })}
        />
      </div>
      <QueryView
        query={query}
        queryKey={projectsQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<RowsSkeleton count={5} />}
      >
        {({ projects }) => {
          const places = findPlaces(listPlaces(projects), search.search)
          if (places.length === 0) return <NoProjects search={search} canCreate={canCreate} onChange={change} />
          return (
            <>
              <ProjectTable places={places} label={messages.caption} />
              <Text size="xs" c="dimmed" mt="sm">
                {messages.count(places.length)}
              </Text>
            </>
          )
        }}
      </QueryView>
      <ProjectDialog
        project={null}
        parent={null}
        opened={search.create === true && canCreate}
        onClose={() => change({ create: undefined })}
      />
    </Page>
  )
}

/** Those at the top; with a text, all that have it in their name. */
function findPlaces(places: readonly ProjectPlace[], text: string | undefined): readonly ProjectPlace[] {
  if (text === undefined) return places.filter(({ path }) => path.length === 0)
  const sought = text.trim().toLowerCase()
  return places.filter(({ project }) => project.name.toLowerCase().includes(sought))
}

function NoProjects(props: {
  search: ProjectsSearch
  canCreate: boolean
  onChange: (changes: ProjectsSearch) => void
}) {
  const { search, canCreate, onChange } = props
  if (search.search !== undefined) {
    return (
      <PageState
        icon={<IconSearch size={20} />}
        title={messages.noMatchTitle}
        actions={
          <Button variant="default" onClick={() => onChange({ search: undefined })}>
            {messages.clearSearch}
          </Button>
        }
      >
        {messages.noMatchText(search.search)}
      </PageState>
    )
  }
  return (
    <PageState
      icon={<IconFolder size={20} />}
      title={messages.emptyTitle}
      actions={canCreate && <Button onClick={() => onChange({ create: true })}>{messages.newProject}</Button>}
    >
      {canCreate ? messages.emptyText : messages.emptyReadOnlyText}
    </PageState>
  )
}
