import type { OrganizationSettings } from '@graticule/contract'
import { Button, FormError, Group, Stack, Switch, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { useUpdateOrganization } from './use-update-organization.ts'

/** What the organization asks of everybody who signs in. */
export function SignInRulesForm({ settings }: { settings: OrganizationSettings }) {
  const update = useUpdateOrganization()
  const form = useForm({ initialValues: { secondFactorRequired: settings.secondFactorRequired } })
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.signInTitle}
      </Title>
      <form
        className={classes.panel}
        noValidate
        onSubmit={form.onSubmit((rules) => update.mutate(rules, { onSuccess: () => form.resetDirty() }))}
      >
        <Stack gap="md">
          <Switch
            label={messages.secondFactorRequired}
            description={messages.secondFactorRequiredHelp}
            {...form.getInputProps('secondFactorRequired', { type: 'checkbox' })}
          />
          <FormError error={update.error} title={messages.saveFailed} />
          <Group>
            <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
              {messages.saveSignIn}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
