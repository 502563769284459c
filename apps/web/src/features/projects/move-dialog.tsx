import type { MovableKey } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { moveItems, movePreviewQuery, projectsQuery } from '../../api/projects.ts'
import {
  Button,
  ConsequenceList,
  FormError,
  Group,
  Modal,
  notifications,
  Select,
  Skeleton,
  Stack,
  Text,
} from '../../ui/index.ts'
import { GainsAndLosses } from '../sharing/access-change.tsx'
import { shareMessages } from '../sharing/messages.ts'
import { messages } from './messages.ts'
import { idsWithin, listPlaces, placeName } from './project-tree.ts'

/** Something that can be moved, by what people call it. */
export interface Movable extends MovableKey {
  readonly name: string
  /** The folder that it is in, as far as one may know; null at the top. */
  readonly projectId: string | null
}

interface MoveDialogProps {
  readonly items: readonly Movable[]
  readonly opened: boolean
  readonly onClose: () => void
}

/** The choice that stands for no project. */
const TOP = ''

/** Puts maps, workflows and folders into a folder; says who gains and loses access before it is confirmed. */
export function MoveDialog(props: MoveDialogProps) {
  const [first] = props.items
  const what = props.items.length === 1 && first !== undefined ? `“${first.name}”` : `${props.items.length} items`
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.moveTitle(what)} size={480}>
      <MoveForm {...props} />
    </Modal>
  )
}

function MoveForm({ items, onClose }: MoveDialogProps) {
  const queryClient = useQueryClient()
  const [target, setTarget] = useState<string | null>(null)
  const { data, error } = useQuery(projectsQuery)
  const projects = data?.projects ?? []
  const excluded = new Set(
    items.filter(({ kind }) => kind === 'project').flatMap(({ id }) => [...idsWithin(projects, id)]),
  )
  const places = listPlaces(projects).filter(
    ({ project }) => project.permissions.fill.allowed && !excluded.has(project.id),
  )
  const body = {
    projectId: target === TOP ? null : target,
    items: items.map(({ kind, id }) => ({ kind, id })),
  }
  const move = useMutation({
    mutationFn: () => moveItems(body),
    onSuccess: async ({ results }) => {
      const count = results.filter(({ success }) => success).length
      const place = places.find(({ project }) => project.id === target)
      if (count > 0) {
        notifications.show({ message: place ? messages.moved(count, placeName(place)) : messages.movedToTop(count) })
      }
      await queryClient.invalidateQueries()
      if (count === results.length) onClose()
    },
  })
  const isHere = items.every(({ projectId }) => (projectId ?? TOP) === target)
  return (
    <Stack gap="md">
      <FormError error={error ?? move.error} />
      <Select
        label={messages.moveTarget}
        description={messages.moveHelp}
        placeholder={messages.movePlaceholder}
        searchable
        data-autofocus
        limit={200}
        nothingFoundMessage={messages.moveNothing}
        data={[
          { value: TOP, label: messages.moveTop },
          ...places.map((place) => ({ value: place.project.id, label: placeName(place) })),
        ]}
        value={target}
        onChange={(value) => {
          move.reset()
          setTarget(value)
        }}
      />
      {target !== null && !isHere && !move.data && <MoveConsequence body={body} items={items} />}
      {move.data && <Refusals results={move.data.results} items={items} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {move.data ? messages.close : messages.cancel}
        </Button>
        {!move.data && (
          <Button disabled={target === null || isHere} loading={move.isPending} onClick={() => move.mutate()}>
            {messages.moveButton}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function MoveConsequence({ body, items }: { body: Parameters<typeof movePreviewQuery>[0]; items: readonly Movable[] }) {
  const { data, error } = useQuery(movePreviewQuery(body))
  if (error) return <FormError error={error} />
  if (!data) return <Skeleton height={18} width="60%" aria-label={messages.moveChecking} />
  return (
    <>
      <ConsequenceList label={shareMessages.consequenceLabel}>
        <GainsAndLosses change={data} as="li" />
      </ConsequenceList>
      <Refusals results={data.results} items={items} />
    </>
  )
}

/** Which of them stay where they are, and why. */
function Refusals(props: {
  results: readonly {
    readonly kind: string
    readonly id: string
    readonly success: boolean
    readonly failureReason?: string
  }[]
  items: readonly Movable[]
}) {
  const refused = props.results.filter(({ success }) => !success)
  if (refused.length === 0) return null
  return (
    <div role="alert">
      <Text size="sm">{messages.moveRefused(refused.length)}</Text>
      <ul>
        {refused.map(({ id, kind, failureReason }) => (
          <li key={`${kind}:${id}`}>
            {props.items.find((item) => item.kind === kind && item.id === id)?.name}: {failureReason}
          </li>
        ))}
      </ul>
    </div>
  )
}
