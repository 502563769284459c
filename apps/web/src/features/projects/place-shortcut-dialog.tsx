import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { projectsQuery } from '../../api/projects.ts'
import { DialogForm, Modal, notifications, Select } from '../../ui/index.ts'
import { listPlaces, placeName } from './project-tree.ts'
import { messages } from './shortcut-messages.ts'

interface PlaceShortcutProps {
  readonly title: string
  readonly submit: string
  /** The folder that it cannot go into; null where there is none. */
  readonly excludedId: string | null
  /** Puts the shortcut there. */
  readonly place: (projectId: string) => Promise<unknown>
  readonly saysPlaced: (where: string) => string
  readonly opened: boolean
  readonly onClose: () => void
}

/** Asks for the project that a shortcut goes into, of those that the person may edit. */
export function PlaceShortcutDialog(props: PlaceShortcutProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={480}>
      <PlaceForm {...props} />
    </Modal>
  )
}

function PlaceForm({ excludedId, onClose, place, saysPlaced, submit }: PlaceShortcutProps) {
  const queryClient = useQueryClient()
  const [target, setTarget] = useState<string | null>(null)
  const { data, error } = useQuery(projectsQuery)
  const places = listPlaces(data?.projects ?? []).filter(
    ({ project }) => project.permissions.edit.allowed && project.id !== excludedId,
  )
  const chosen = places.find(({ project }) => project.id === target)
  const put = useMutation({
    mutationFn: (projectId: string) => place(projectId),
    onSuccess: async () => {
      if (chosen) notifications.show({ message: saysPlaced(placeName(chosen)) })
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['projects', 'shortcuts'] })
    },
  })
  return (
    <DialogForm
      onSubmit={(event) => {
        event.preventDefault()
        if (target !== null) put.mutate(target)
      }}
      error={error ?? put.error}
      submit={submit}
      cancel={messages.cancel}
      isPending={put.isPending}
      isDisabled={target === null}
      onClose={onClose}
    >
      <Select
        label={messages.placeLabel}
        description={messages.addHelp}
        placeholder={messages.placePlaceholder}
        searchable
        data-autofocus
        limit={200}
        nothingFoundMessage={messages.placeNothing}
        data={places.map((found) => ({ value: found.project.id, label: placeName(found) }))}
        value={target}
        onChange={(value) => {
          put.reset()
          setTarget(value)
        }}
      />
    </DialogForm>
  )
}
