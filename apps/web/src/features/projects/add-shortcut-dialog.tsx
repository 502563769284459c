import type { ProjectSummary } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { applicationsQuery } from '../../api/applications.ts'
import { mapsQuery } from '../../api/maps.ts'
import { addShortcut } from '../../api/projects.ts'
import { workflowsQuery } from '../../api/workflows.ts'
import { DialogForm, Modal, notifications, Select, useDebouncedValue } from '../../ui/index.ts'
import { messages } from './shortcut-messages.ts'

interface AddShortcutProps {
  readonly project: ProjectSummary
  readonly opened: boolean
  readonly onClose: () => void
}

/** Something that a shortcut can point to. */
interface Choice {
  readonly kind: 'map' | 'workflow' | 'application'
  readonly assetId: string
  readonly name: string
}

const FOUND_PER_KIND = 20

/** Asks what a new shortcut in this folder points to, of all that the person can open. */
export function AddShortcutDialog(props: AddShortcutProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.addTitle(props.project.name)} size={480}>
      <AddForm {...props} />
    </Modal>
  )
}

function AddForm({ project, onClose }: AddShortcutProps) {
  const queryClient = useQueryClient()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<Choice | null>(null)
  const { choices, error, isPending } = useChoices(chosen === null || typed !== chosen.name ? typed : '', project.id)
  const add = useMutation({
    mutationFn: ({ kind, assetId }: Choice) => addShortcut(project.id, { kind, assetId }),
    onSuccess: async (_shortcut, { name }) => {
      notifications.show({ message: messages.added(name, project.name) })
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['projects', 'shortcuts'] })
    },
  })
  const known =
    chosen === null || choices.some((choice) => keyOf(choice) === keyOf(chosen)) ? choices : [chosen, ...choices]
  return (
    <DialogForm
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen !== null) add.mutate(chosen)
      }}
      error={error ?? add.error}
      submit={messages.addButton}
      cancel={messages.cancel}
      isPending={add.isPending}
      isDisabled={chosen === null}
      onClose={onClose}
    >
      <Select
        label={messages.addLabel}
        description={messages.addHelp}
        placeholder={messages.addPlaceholder}
        searchable
        data-autofocus
        maxDropdownHeight={320}
        nothingFoundMessage={isPending ? messages.addSearching : messages.addNothing}
        data={(['map', 'workflow', 'application'] as const).map((kind) => ({
          group: messages.kindsOf[kind],
          items: known
            .filter((choice) => choice.kind === kind)
            .map((choice) => ({ value: keyOf(choice), label: choice.name })),
        }))}
        // The server has searched already, in more than names.
        filter={({ options }) => options}
        value={chosen === null ? null : keyOf(chosen)}
        onChange={(value) => {
          add.reset()
          setChosen(known.find((choice) => keyOf(choice) === value) ?? null)
        }}
        searchValue={typed}
        onSearchChange={setTyped}
      />
    </DialogForm>
  )
}

/** What matches and does not lie in this folder itself. */
function useChoices(typed: string, projectId: string) {
  const [search] = useDebouncedValue(typed.trim(), 200)
  const query = { ...(search && { search }), pageSize: FOUND_PER_KIND }
  const maps = useQuery(mapsQuery(query))
  const workflows = useQuery(workflowsQuery(query))
  const applications = useQuery(applicationsQuery(query))
  const isElsewhere = (asset: { readonly project: { readonly id: string } | null }) => asset.project?.id !== projectId
  const choices: Choice[] = [
    ...(maps.data?.maps ?? [])
      .filter(isElsewhere)
      .map(({ id, title }) => ({ kind: 'map' as const, assetId: id, name: title })),
    ...(workflows.data?.workflows ?? [])
      .filter(isElsewhere)
      .map(({ id, title }) => ({ kind: 'workflow' as const, assetId: id, name: title })),
    ...(applications.data?.applications ?? []).map(({ id, name }) => ({
      kind: 'application' as const,
      assetId: id,
      name,
    })),
  ]
  return {
    choices,
    error: maps.error ?? workflows.error ?? applications.error,
    isPending: maps.isPending || workflows.isPending || applications.isPending,
  }
}

function keyOf({ kind, assetId }: Choice): string {
  return `${kind}:${assetId}`
}
