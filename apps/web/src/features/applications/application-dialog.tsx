import type { ApplicationSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createApplication, updateApplication } from '../../api/applications.ts'
import {
  Button,
  FileButton,
  FormError,
  Group,
  Input,
  Modal,
  Stack,
  Textarea,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { ApplicationPicture } from './application-picture.tsx'
import classes from './applications.module.css'
import { messages } from './messages.ts'
import { shrinkPicture } from './shrink-picture.ts'

interface DialogProps {
  /** Null to register a new one. */
  readonly application: ApplicationSummary | null
  readonly onClose: () => void
}

/** Registers an application, or changes one. */
export function ApplicationDialog(props: DialogProps & { opened: boolean }) {
  const { application, onClose } = props
  return (
    <Modal
      opened={props.opened}
      onClose={onClose}
      title={application === null ? messages.register : messages.editTitle(application.name)}
      size={480}
    >
      <ApplicationForm application={application} onClose={onClose} />
    </Modal>
  )
}

function ApplicationForm({ application, onClose }: DialogProps) {
  const queryClient = useQueryClient()
  // Undefined: as it is stored.
  const [picture, setPicture] = useState<string | null | undefined>(undefined)
  const form = useForm({
    initialValues: {
      name: application?.name ?? '',
      url: application?.url ?? '',
      description: application?.description ?? '',
    },
    validate: {
      name: (value) => (value.trim() ? null : messages.nameMissing),
      url: (value) => (/^https?:\/\/\S+$/.test(value.trim()) ? null : messages.urlMissing),
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => {
      const body = { ...values, ...(picture === undefined ? {} : { thumbnail: picture }) }
      return application === null ? createApplication(body) : updateApplication({ id: application.id, ...body })
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['applications'] })
      onClose()
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <FormError error={save.error} />
        <TextInput label={messages.name} maxLength={100} data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label={messages.url}
          description={messages.urlHelp}
          placeholder="https://"
          inputMode="url"
          maxLength={2000}
          {...form.getInputProps('url')}
        />
        <Textarea
          label={messages.description}
          maxLength={1000}
          autosize
          minRows={2}
          maxRows={6}
          {...form.getInputProps('description')}
        />
        <PictureField
          name={form.values.name}
          source={picture === undefined ? (application?.thumbnailUrl ?? null) : picture}
          onChange={setPicture}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {application === null ? messages.register : messages.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function PictureField(props: { name: string; source: string | null; onChange: (picture: string | null) => void }) {
  const [error, setError] = useState<string | null>(null)
  const choose = async (file: File | null) => {
    if (file === null) return
    const picture = await shrinkPicture(file)
    setError(picture === null ? messages.pictureUnreadable : null)
    if (picture !== null) props.onChange(picture)
  }
  return (
    <Input.Wrapper label={messages.picture} description={messages.pictureHelp} error={error} labelElement="div">
      <Stack gap={8} mt={6}>
        <div className={classes.preview}>
          <ApplicationPicture name={props.name} source={props.source} />
        </div>
        <Group gap="xs">
          <FileButton accept="image/png,image/jpeg,image/webp" onChange={(file) => void choose(file)}>
            {(button) => (
              <Button variant="default" size="xs" {...button}>
                {messages.choosePicture}
              </Button>
            )}
          </FileButton>
          {props.source !== null && (
            <Button variant="subtle" color="gray" size="xs" onClick={() => props.onChange(null)}>
              {messages.removePicture}
            </Button>
          )}
        </Group>
      </Stack>
    </Input.Wrapper>
  )
}
