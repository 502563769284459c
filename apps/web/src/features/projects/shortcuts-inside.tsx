import type { ProjectShortcut, ProjectSummary } from '@graticule/contract'
import {
  IconApps,
  IconArrowUpRight,
  IconDots,
  IconFolderSymlink,
  IconMap2,
  IconSchema,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiError } from '../../api/api-error.ts'
import { moveShortcut, removeShortcut } from '../../api/projects.ts'
import { useSession } from '../../shell/use-session.ts'
import { ActionIcon, Anchor, Group, Menu, notifications, RuledMenuItem, Table, useDisclosure } from '../../ui/index.ts'
import { PlaceShortcutDialog } from './place-shortcut-dialog.tsx'
import classes from './projects.module.css'
import { messages } from './shortcut-messages.ts'

const ICONS = { map: IconMap2, workflow: IconSchema, application: IconApps }

/** The shortcuts in a folder, each with a sign that it is one. */
export function ShortcutsInside(props: { project: ProjectSummary; shortcuts: readonly ProjectShortcut[] }) {
  const { user } = useSession()
  return (
    <section aria-label={messages.title}>
      <h2 className={classes.heading}>{messages.title}</h2>
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={messages.title} verticalSpacing={6} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{messages.columns.name}</Table.Th>
              <Table.Th>{messages.columns.kind}</Table.Th>
              <Table.Th>{messages.columns.place}</Table.Th>
              <Table.Th>{messages.columns.owner}</Table.Th>
              <Table.Th w={44} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.shortcuts.map((shortcut) => (
              <Table.Tr key={shortcut.id}>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <ShortcutSign kind={shortcut.kind} />
                    <Anchor fw={500} renderRoot={(anchor) => <TargetLink {...anchor} shortcut={shortcut} />}>
                      {shortcut.name}
                    </Anchor>
                  </Group>
                </Table.Td>
                <Table.Td>{messages.kinds[shortcut.kind]}</Table.Td>
                <Table.Td>{shortcut.place?.name ?? messages.nowhere[shortcut.kind]}</Table.Td>
                <Table.Td>{shortcut.owner.id === user.id ? messages.you : shortcut.owner.name}</Table.Td>
                <Table.Td>
                  <ShortcutMenu project={props.project} shortcut={shortcut} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

/** The picture of the kind with the arrow of a shortcut on it. */
function ShortcutSign({ kind }: { kind: ProjectShortcut['kind'] }) {
  const Icon = ICONS[kind]
  return (
    <span className={classes.sign} role="img" aria-label={messages.sign}>
      <Icon size={16} stroke={1.6} aria-hidden />
      <IconArrowUpRight size={10} stroke={2.4} className={classes.arrow} aria-hidden />
    </span>
  )
}

type LinkProps = { readonly shortcut: ProjectShortcut; readonly [property: string]: unknown }

/** Opens what a shortcut points to. */
function TargetLink({ shortcut: { assetId, kind, name }, ...link }: LinkProps) {
  switch (kind) {
    case 'map':
      return <Link to="/maps/$mapId" params={{ mapId: assetId }} {...link} />
    case 'workflow':
      return <Link to="/workflows/$workflowId" params={{ workflowId: assetId }} {...link} />
    case 'application':
      return <Link to="/applications" search={{ search: name }} {...link} />
  }
}

/** Leads to the folder that something lies in, or to the list that has it. */
function PlaceLink({ shortcut: { kind, name, place }, ...link }: LinkProps) {
  if (place !== null) return <Link to="/projects/$projectId" params={{ projectId: place.id }} {...link} />
  switch (kind) {
    case 'map':
      return <Link to="/maps" search={{ search: name }} {...link} />
    case 'workflow':
      return <Link to="/workflows" search={{ search: name }} {...link} />
    case 'application':
      return <Link to="/applications" search={{ search: name }} {...link} />
  }
}

function ShortcutMenu({ project, shortcut }: { project: ProjectSummary; shortcut: ProjectShortcut }) {
  const queryClient = useQueryClient()
  const [isMoving, moving] = useDisclosure(false)
  const { id, name } = shortcut
  const remove = useMutation({
    mutationFn: () => removeShortcut(project.id, id),
    onSuccess: async () => {
      notifications.show({ message: messages.removed(name) })
      await queryClient.invalidateQueries({ queryKey: ['projects', 'shortcuts'] })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.failed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconArrowUpRight size={16} stroke={1.6} />}
            renderRoot={(item) => <PlaceLink {...item} shortcut={shortcut} />}
          >
            {messages.go}
          </Menu.Item>
          <RuledMenuItem
            permission={project.permissions.edit}
            leftSection={<IconFolderSymlink size={16} stroke={1.6} />}
            onClick={moving.open}
          >
            {messages.move}
          </RuledMenuItem>
          <RuledMenuItem
            permission={project.permissions.edit}
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={() => remove.mutate()}
          >
            {messages.remove}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <PlaceShortcutDialog
        title={messages.moveTitle(name)}
        submit={messages.moveButton}
        excludedId={project.id}
        place={(toId) => moveShortcut(project.id, id, toId)}
        saysPlaced={(where) => messages.moved(name, where)}
        opened={isMoving}
        onClose={moving.close}
      />
    </>
  )
}
