import type { OrganizationSettings } from '@graticule/contract'
import { DEFAULT_ROLES } from '@graticule/contract'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { Button, FormError, Group, Radio, Stack, TextInput, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { useUpdateOrganization } from './use-update-organization.ts'

/** The name of the organization, and the role of people who come without an invitation. */
export function GeneralForm({ settings }: { settings: OrganizationSettings }) {
  const update = useUpdateOrganization()
  const form = useForm({
    initialValues: { name: settings.name, defaultRole: settings.defaultRole as string },
    validate: { name: (name) => (name.trim() ? null : messages.nameMissing) },
  })
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.generalTitle}
      </Title>
      <form
        className={classes.panel}
        noValidate
        onSubmit={form.onSubmit(({ name, defaultRole }) =>
          update.mutate(
            { name, defaultRole: DEFAULT_ROLES.find((role) => role === defaultRole) },
            { onSuccess: () => form.resetDirty() },
          ),
        )}
      >
        <Stack gap="md">
          <TextInput label={messages.name} maxLength={100} maw={360} {...form.getInputProps('name')} />
          <Radio.Group
            label={messages.defaultRole}
            description={messages.defaultRoleHelp}
            {...form.getInputProps('defaultRole')}
          >
            <Group mt={8} gap="md">
              {DEFAULT_ROLES.map((role) => (
                <Radio key={role} value={role} label={shellMessages.roles[role]} />
              ))}
            </Group>
          </Radio.Group>
          <FormError error={update.error} title={messages.saveFailed} />
          <Group>
            <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
              {messages.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
