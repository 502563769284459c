import type { WorkflowSummary } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { connectionsQuery } from '../../api/connections.ts'
import { createWorkflow, updateWorkflow } from '../../api/workflows.ts'
import { DialogForm, lookupError, Modal, Select, Textarea, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Makes a workflow, or changes title and description of one. */
export function WorkflowDialog(props: { workflow: WorkflowSummary | null; opened: boolean; onClose: () => void }) {
  const { workflow } = props
  const title = workflow === null ? messages.createTitle : messages.editTitle(workflow.title)
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={title} size={460}>
      <WorkflowForm workflow={workflow} onClose={props.onClose} />
    </Modal>
  )
}

function WorkflowForm({ workflow, onClose }: { workflow: WorkflowSummary | null; onClose: () => void }) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const lookup = useQuery({ ...connectionsQuery, enabled: workflow === null })
  const connections = lookup.data ?? []
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      title: workflow?.title ?? '',
      description: workflow?.description ?? '',
      connectionId: null as string | null,
    },
    validate: { title: (value) => (value.trim() ? null : messages.titleMissing) },
  })
  const save = useMutation({
    mutationFn: ({ connectionId, ...text }: typeof form.values) =>
      workflow === null ? createWorkflow({ ...text, connectionId }) : updateWorkflow({ id: workflow.id, ...text }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['workflows'] })
      if (workflow === null) await navigate({ to: '/workflows/$workflowId', params: { workflowId: id } })
      else onClose()
    },
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      error={save.error}
      submit={workflow === null ? messages.create : messages.save}
      cancel={messages.cancel}
      isPending={save.isPending}
      onClose={onClose}
    >
      <TextInput
        label={messages.titleLabel}
        maxLength={200}
        data-autofocus
        key={form.key('title')}
        {...form.getInputProps('title')}
      />
      <Textarea
        label={messages.descriptionLabel}
        maxLength={5000}
        autosize
        minRows={2}
        maxRows={8}
        key={form.key('description')}
        {...form.getInputProps('description')}
      />
      {workflow === null && (
        <Select
          label={messages.connectionLabel}
          description={messages.connectionHelp}
          placeholder={messages.noConnection}
          clearable
          data={connections.map(({ id, name }) => ({ value: id, label: name }))}
          key={form.key('connectionId')}
          {...form.getInputProps('connectionId')}
          error={form.errors.connectionId ?? lookupError(lookup)}
        />
      )}
    </DialogForm>
  )
}
