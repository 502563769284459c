import type { OrganizationSettings } from '@graticule/contract'
import { DEFAULT_ROLES } from '@graticule/contract'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { Button, Group, Radio, Stack, TextInput, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { usePlannedUpdate } from './use-planned-update.tsx'

/** The name of the organization, and the role of people who come without an invitation. */
export function GeneralForm({ settings }: { settings: OrganizationSettings }) {
  const update = usePlannedUpdate()
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
        aria-label={messages.generalTitle}
        noValidate
        onSubmit={form.onSubmit(({ name, defaultRole }) =>
          update.review({ name, defaultRole: DEFAULT_ROLES.find((role) => role === defaultRole) }, form.resetDirty),
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
          <Group>
            <Button type="submit" disabled={!form.isDirty()}>
              {messages.look}
            </Button>
          </Group>
        </Stack>
      </form>
      {update.dialog}
    </section>
  )
}
