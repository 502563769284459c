import type { OrganizationSettings } from '@graticule/contract'
import { Button, Group, Stack, Switch, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { usePlannedUpdate } from './use-planned-update.tsx'

/** What the organization asks of everybody who signs in. */
export function SignInRulesForm({ settings }: { settings: OrganizationSettings }) {
  const update = usePlannedUpdate()
  const form = useForm({ initialValues: { secondFactorRequired: settings.secondFactorRequired } })
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.signInTitle}
      </Title>
      <form
        className={classes.panel}
        aria-label={messages.signInTitle}
        noValidate
        onSubmit={form.onSubmit((rules) => update.review(rules, form.resetDirty))}
      >
        <Stack gap="md">
          <Switch
            label={messages.secondFactorRequired}
            description={messages.secondFactorRequiredHelp}
            {...form.getInputProps('secondFactorRequired', { type: 'checkbox' })}
          />
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
