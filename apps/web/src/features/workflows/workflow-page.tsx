import type { WorkflowDetail } from '@graticule/contract'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { workflowQuery } from '../../api/workflows.ts'
import { Page } from '../../shell/page.tsx'
import { useSession } from '../../shell/use-session.ts'
import { Alert, Anchor, QueryView, RelativeTime, RowsSkeleton, Stack, Table, Text } from '../../ui/index.ts'
import { MissingAsset } from '../access-request/missing-asset.tsx'
import { useNoteOpened } from '../library/use-note-opened.ts'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { describeNodes } from './describe-nodes.ts'
import { messages } from './messages.ts'
import { WorkflowMenu } from './workflow-menu.tsx'
import classes from './workflows.module.css'

/** The most nodes that the page lists. */
const SHOWN_NODES = 200

/** One workflow: what it is, who has it, and what its document holds. */
export function WorkflowPage() {
  const { workflowId } = useParams({ from: '/signed-in/workspace/workflows/$workflowId' })
  const navigate = useNavigate()
  const options = workflowQuery(workflowId)
  const query = useQuery(options)
  const workflow = query.data
  useNoteOpened('workflow', workflow === undefined ? null : workflowId)
  return (
    <Page
      title={workflow?.title ?? messages.title}
      actions={workflow && <WorkflowMenu workflow={workflow} onDeleted={() => void navigate({ to: '/workflows' })} />}
    >
      <Stack gap="md">
        <Anchor size="sm" renderRoot={(anchor) => <Link to="/workflows" {...anchor} />}>
          {messages.back}
        </Anchor>
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaiting}
          skeleton={<RowsSkeleton count={5} />}
          missing={<MissingAsset kind="workflow" id={workflowId} onRetry={() => void query.refetch()} />}
        >
          {(found) => <WorkflowFacts workflow={found} />}
        </QueryView>
      </Stack>
    </Page>
  )
}

function WorkflowFacts({ workflow }: { workflow: WorkflowDetail }) {
  const { user } = useSession()
  const { document } = workflow
  const nodes = describeNodes(document)
  return (
    <>
      <Alert variant="light" icon={<IconInfoCircle size={18} />}>
        {messages.later}
      </Alert>
      <div className={classes.facts}>
        <PrivacyLabel asset={workflow} kind="workflow" />
        <span>
          {messages.columns.owner}: {workflow.owner.id === user.id ? messages.you : workflow.owner.name}
        </span>
        <span>
          {messages.columns.connection}: {workflow.connection?.name ?? messages.noConnection}
        </span>
        <span>
          {messages.columns.updatedAt} <RelativeTime at={workflow.updatedAt} />
        </span>
      </div>
      {workflow.description === '' ? (
        <Text c="dimmed">{messages.noDescription}</Text>
      ) : (
        <p className={classes.description}>{workflow.description}</p>
      )}
      <h2 className={classes.heading}>{messages.holds}</h2>
      <div className={classes.facts}>
        <span>{messages.edges(document.edges.length)}</span>
        <span>{messages.variables(document.variables?.length ?? 0)}</span>
      </div>
      {nodes.length === 0 ? (
        <Text c="dimmed">{messages.noNodes}</Text>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table aria-label={messages.nodesCaption} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{messages.nodeColumns.name}</Table.Th>
                <Table.Th>{messages.nodeColumns.component}</Table.Th>
                <Table.Th>{messages.nodeColumns.kind}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {nodes.slice(0, SHOWN_NODES).map((node) => (
                <Table.Tr key={node.id}>
                  <Table.Td fw={500}>{node.name}</Table.Td>
                  <Table.Td>{node.component}</Table.Td>
                  <Table.Td>{node.kind}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {nodes.length > SHOWN_NODES && <Text c="dimmed">{messages.moreNodes(nodes.length - SHOWN_NODES)}</Text>}
    </>
  )
}
