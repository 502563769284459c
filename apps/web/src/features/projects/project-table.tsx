import { IconFolder } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/use-session.ts'
import { Anchor, Group, RelativeTime, Table, Text } from '../../ui/index.ts'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { messages } from './messages.ts'
import { ProjectMenu } from './project-menu.tsx'
import type { ProjectPlace } from './project-tree.ts'

/** Projects, or the subfolders of one, as a table. */
export function ProjectTable({ places, label }: { places: readonly ProjectPlace[]; label: string }) {
  const { user } = useSession()
  const counts = usePeopleCounts(
    'project',
    places.map(({ project }) => project.id),
  )
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label={label} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{messages.columns.name}</Table.Th>
            <Table.Th>{messages.columns.visibility}</Table.Th>
            <Table.Th>{messages.columns.owner}</Table.Th>
            <Table.Th ta="right">{messages.columns.maps}</Table.Th>
            <Table.Th ta="right">{messages.columns.workflows}</Table.Th>
            <Table.Th>{messages.columns.updatedAt}</Table.Th>
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map(({ path, project }) => (
            <Table.Tr key={project.id}>
              <Table.Td>
                <Group gap={6} wrap="nowrap">
                  <IconFolder size={16} stroke={1.6} aria-hidden />
                  <div>
                    <Anchor
                      fw={500}
                      renderRoot={(anchor) => (
                        <Link to="/projects/$projectId" params={{ projectId: project.id }} {...anchor} />
                      )}
                    >
                      {project.name}
                    </Anchor>
                    {path.length > 0 && (
                      <Text size="xs" c="dimmed">
                        {path.join(' / ')}
                      </Text>
                    )}
                  </div>
                </Group>
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <PrivacyLabel asset={project} kind="project" />
                  <PeopleCount
                    asset={{ kind: 'project', id: project.id }}
                    name={project.name}
                    count={counts[project.id]}
                  />
                </Group>
              </Table.Td>
              <Table.Td>{project.owner.id === user.id ? messages.you : project.owner.name}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {project.mapCount}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {project.workflowCount}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={project.updatedAt} />
              </Table.Td>
              <Table.Td>
                <ProjectMenu project={project} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
