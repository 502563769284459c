import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { createMap } from '../../api/maps.ts'
import { Button, FormError, Group, Modal, Stack, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks for a title, makes an empty map and opens it in Builder. */
export function NewMapDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const attempt = useMutation({
    mutationFn: (title: string) => createMap({ title }),
    onSuccess: async (map) => {
      void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
      await navigate({ to: '/maps/$mapId', params: { mapId: map.id } })
    },
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { title: messages.defaultTitle },
    validate: { title: (value) => (value.trim() ? null : messages.createMissing) },
  })
  return (
    <Modal opened={opened} onClose={onClose} title={messages.createTitle}>
      <form noValidate onSubmit={form.onSubmit(({ title }) => attempt.mutate(title.trim()))}>
        <Stack gap="md">
          <FormError error={attempt.error} />
          <TextInput
            label={messages.createLabel}
            description={messages.createHelp}
            maxLength={200}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            key={form.key('title')}
            {...form.getInputProps('title')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit" loading={attempt.isPending}>
              {messages.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
