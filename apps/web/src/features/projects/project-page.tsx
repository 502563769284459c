import type { ProjectDetail } from '@graticule/contract'
import { IconArrowUpRight, IconFolder, IconFolderPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { mapsQuery } from '../../api/maps.ts'
import { projectQuery, projectsQuery, shortcutsQuery } from '../../api/projects.ts'
import { workflowsQuery } from '../../api/workflows.ts'
import { Page } from '../../shell/page.tsx'
import {
  Anchor,
  Breadcrumbs,
  Button,
  ErrorState,
  Group,
  ListFooter,
  PageState,
  QueryView,
  RowsSkeleton,
  Stack,
  useDisclosure,
} from '../../ui/index.ts'
import { MissingAsset } from '../access-request/missing-asset.tsx'
import { MapTable } from '../maps/map-table.tsx'
import { messages as mapMessages } from '../maps/messages.ts'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { messages as workflowMessages } from '../workflows/messages.ts'
import { WorkflowTable } from '../workflows/workflow-table.tsx'
import { AddShortcutDialog } from './add-shortcut-dialog.tsx'
import { messages } from './messages.ts'
import { ProjectDialog } from './project-dialog.tsx'
import { ProjectMenu } from './project-menu.tsx'
import { ProjectTable } from './project-table.tsx'
import classes from './projects.module.css'
import { messages as shortcutMessages } from './shortcut-messages.ts'
import { ShortcutsInside } from './shortcuts-inside.tsx'

const PAGE_SIZE = 25

/** How a list is sorted. */
interface Order {
  readonly sort: 'title' | 'updatedAt'
  readonly direction: 'asc' | 'desc'
}

/** One project or subfolder: where it is, who has it, and what is inside. */
export function ProjectPage() {
  const { projectId } = useParams({ from: '/signed-in/workspace/projects/$projectId' })
  const navigate = useNavigate()
  const options = projectQuery(projectId)
  const query = useQuery(options)
  const project = query.data
  const [isCreating, creating] = useDisclosure(false)
  const [isPointing, pointing] = useDisclosure(false)
  return (
    <Page
      title={project?.name ?? messages.title}
      actions={
        project && (
          <>
            {project.permissions.edit.allowed && (
              <>
                {/* Where there is no room for it, the menu beside has it. */}
                <Button
                  variant="default"
                  visibleFrom="sm"
                  leftSection={<IconArrowUpRight size={16} />}
                  onClick={pointing.open}
                >
                  {shortcutMessages.add}
                </Button>
                <Button variant="default" leftSection={<IconFolderPlus size={16} />} onClick={creating.open}>
                  {messages.newFolder}
                </Button>
                <AddShortcutDialog project={project} opened={isPointing} onClose={pointing.close} />
              </>
            )}
            <ProjectMenu project={project} onDeleted={() => void navigate({ to: '/projects' })} />
            <ProjectDialog project={null} parent={project} opened={isCreating} onClose={creating.close} />
          </>
        )
      }
    >
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={5} />}
        missing={<MissingAsset kind="project" id={projectId} onRetry={() => void query.refetch()} />}
      >
        {(found) => <ProjectContents key={found.id} project={found} />}
      </QueryView>
    </Page>
  )
}

function ProjectContents({ project }: { project: ProjectDetail }) {
  const counts = usePeopleCounts('project', [project.id])
  const tree = useQuery(projectsQuery)
  const folders = (tree.data?.projects ?? []).filter(({ parentId }) => parentId === project.id)
  const shortcuts = useQuery(shortcutsQuery(project.id))
  const pointers = shortcuts.data?.shortcuts ?? []
  const count = folders.length + project.mapCount + project.workflowCount + pointers.length
  const isEmpty = tree.data !== undefined && shortcuts.data !== undefined && count === 0
  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <Breadcrumbs component="nav" aria-label={messages.path}>
          <Anchor size="sm" renderRoot={(anchor) => <Link to="/projects" {...anchor} />}>
            {messages.title}
          </Anchor>
          {project.path.map(({ id, name }) => (
            <Anchor
              key={id}
              size="sm"
              renderRoot={(anchor) => <Link to="/projects/$projectId" params={{ projectId: id }} {...anchor} />}
            >
              {name}
            </Anchor>
          ))}
        </Breadcrumbs>
        {project.description && <p className={classes.description}>{project.description}</p>}
        <Group gap={4}>
          <PrivacyLabel asset={project} kind="project" />
          <PeopleCount asset={{ kind: 'project', id: project.id }} name={project.name} count={counts[project.id]} />
        </Group>
      </Stack>
      {tree.error && <ErrorState error={tree.error} isPart />}
      {shortcuts.error && <ErrorState error={shortcuts.error} isPart onRetry={() => void shortcuts.refetch()} />}
      {isEmpty && (
        <PageState icon={<IconFolder size={20} />} title={messages.insideTitle}>
          {messages.insideText}
        </PageState>
      )}
      {folders.length > 0 && (
        <section aria-label={messages.folders}>
          <h2 className={classes.heading}>{messages.folders}</h2>
          <ProjectTable
            places={folders.map((folder) => ({ project: folder, path: [] }))}
            label={messages.foldersCaption}
          />
        </section>
      )}
      {project.mapCount > 0 && <MapsInside projectId={project.id} />}
      {project.workflowCount > 0 && <WorkflowsInside projectId={project.id} />}
      {pointers.length > 0 && <ShortcutsInside project={project} shortcuts={pointers} />}
    </Stack>
  )
}

function MapsInside({ projectId }: { projectId: string }) {
  const [{ sort, direction }, setOrder] = useState<Order>({ sort: 'title', direction: 'asc' })
  const [page, setPage] = useState(1)
  const options = mapsQuery({ projectId, orderBy: sort, orderDirection: direction, page, pageSize: PAGE_SIZE })
  const query = useQuery(options)
  return (
    <section aria-label={messages.maps}>
      <h2 className={classes.heading}>{messages.maps}</h2>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={mapMessages.awaitingList}
        skeleton={<RowsSkeleton count={3} />}
      >
        {({ maps, total }) => (
          <>
            <MapTable
              maps={maps}
              sort={sort}
              direction={direction}
              onSort={(column, order) => setOrder({ sort: column, direction: order })}
            />
            <ListFooter
              count={mapMessages.mapCount(total)}
              total={total}
              pageSize={PAGE_SIZE}
              page={page}
              pagesLabel={messages.mapPages}
              onPage={(next) => setPage(next ?? 1)}
            />
          </>
        )}
      </QueryView>
    </section>
  )
}

function WorkflowsInside({ projectId }: { projectId: string }) {
  const [{ sort, direction }, setOrder] = useState<Order>({ sort: 'title', direction: 'asc' })
  const [page, setPage] = useState(1)
  const options = workflowsQuery({ projectId, orderBy: sort, orderDirection: direction, page, pageSize: PAGE_SIZE })
  const query = useQuery(options)
  return (
    <section aria-label={messages.workflows}>
      <h2 className={classes.heading}>{messages.workflows}</h2>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={workflowMessages.awaitingList}
        skeleton={<RowsSkeleton count={3} />}
      >
        {({ workflows, total }) => (
          <>
            <WorkflowTable
              workflows={workflows}
              search={{ sort, direction }}
              onSort={(order) => setOrder({ sort: order.sort ?? 'title', direction: order.direction ?? 'asc' })}
            />
            <ListFooter
              count={workflowMessages.count(total)}
              total={total}
              pageSize={PAGE_SIZE}
              page={page}
              pagesLabel={messages.workflowPages}
              onPage={(next) => setPage(next ?? 1)}
            />
          </>
        )}
      </QueryView>
    </section>
  )
}
