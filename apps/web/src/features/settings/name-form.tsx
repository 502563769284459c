import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { renameSelf, sessionQuery } from '../../api/session.ts'
import { Button, FormError, Group, notifications, Stack, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** One's own name, which others see on what one owns and does. */
export function NameForm({ name }: { name: string }) {
  const queryClient = useQueryClient()
  const router = useRouter()
  const form = useForm({
    initialValues: { name },
    validate: { name: (text) => (text.trim() ? null : messages.nameMissing) },
  })
  const rename = useMutation({
    mutationFn: renameSelf,
    onSuccess: async () => {
      form.resetDirty()
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      await router.invalidate()
      notifications.show({ message: messages.nameSaved })
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit((values) => rename.mutate(values.name))}>
      <Stack gap="xs">
        <Group gap="xs" align="flex-start">
          <TextInput
            aria-label={messages.name}
            autoComplete="name"
            maxLength={100}
            w={240}
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={rename.isPending} disabled={!form.isDirty()}>
            {messages.saveName}
          </Button>
        </Group>
        <FormError error={rename.error} title={messages.nameNotSaved} />
      </Stack>
    </form>
  )
}
