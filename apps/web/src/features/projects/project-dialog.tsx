import type { ProjectSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { createProject, updateProject } from '../../api/projects.ts'
import { DialogForm, Modal, Textarea, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

interface ProjectDialogProps {
  /** The folder that is renamed; null to make one. */
  readonly project: ProjectSummary | null
  /** The folder that the new one will be in; null at the top. */
  readonly parent: ProjectSummary | null
  readonly opened: boolean
  readonly onClose: () => void
}

/** Makes a project or a subfolder, or changes name and description of one. */
export function ProjectDialog(props: ProjectDialogProps) {
  const { parent, project } = props
  const createTitle = parent === null ? messages.createTitle : messages.createFolderTitle(parent.name)
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={project === null ? createTitle : messages.editTitle(project.name)}
      size={460}
    >
      <ProjectForm {...props} />
    </Modal>
  )
}

function ProjectForm({ onClose, parent, project }: ProjectDialogProps) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: project?.name ?? '', description: project?.description ?? '' },
    validate: { name: (value) => (value.trim() ? null : messages.nameMissing) },
  })
  const save = useMutation({
    mutationFn: (text: typeof form.values) =>
      project === null
        ? createProject({ ...text, parentId: parent?.id ?? null })
        : updateProject({ id: project.id, ...text }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['projects'] })
      onClose()
      if (project === null) await navigate({ to: '/projects/$projectId', params: { projectId: id } })
    },
  })
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      error={save.error}
      submit={project === null ? messages.create : messages.save}
      cancel={messages.cancel}
      isPending={save.isPending}
      onClose={onClose}
    >
      <TextInput
        label={messages.nameLabel}
        maxLength={200}
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
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
    </DialogForm>
  )
}
