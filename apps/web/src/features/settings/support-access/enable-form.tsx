import { SUPPORT_DAYS, SUPPORT_ROLES, type SupportDays, type SupportLink, type SupportRole } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { enableSupportAccess } from '../../../api/support-access.ts'
import { Button, Checkbox, FormError, Select, Stack, Textarea, Title, useForm } from '../../../ui/index.ts'
import { splitAddresses } from '../invitations/split-addresses.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

interface FormValues {
  readonly days: string
  readonly emails: string
  readonly role: SupportRole
  readonly reason: string
  readonly consent: boolean
}

const MAX_PEOPLE = 20

/** Enables support access: for how long, for whom, how far, why, and with which consent. */
export function EnableForm({ onEnabled }: { onEnabled: (links: readonly SupportLink[]) => void }) {
  const queryClient = useQueryClient()
  const enable = useMutation({
    mutationFn: enableSupportAccess,
    onSuccess: ({ links }) => onEnabled(links),
    // After a refusal too: another admin may have been faster.
    onSettled: () =>
      Promise.all(
        ['support-access', 'people', 'outbox'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
      ),
  })
  const form = useForm<FormValues>({
    initialValues: { days: '7', emails: '', role: 'admin', reason: '', consent: false },
    validate: {
      emails: (text) => {
        const { length } = splitAddresses(text)
        if (length === 0) return messages.emailsMissing
        return length > MAX_PEOPLE ? messages.emailsTooMany : null
      },
      reason: (text) => (text.trim() === '' ? messages.reasonMissing : null),
      consent: (isTicked) => (isTicked ? null : messages.consentMissing),
    },
  })
  const submit = ({ days, emails, role, reason }: FormValues) =>
    enable.mutate({
      days: Number(days) as SupportDays,
      emails: splitAddresses(emails),
      role,
      reason: reason.trim(),
      consent: true,
    })
  return (
    <form noValidate className={classes.panel} onSubmit={form.onSubmit(submit)} aria-label={messages.enableTitle}>
      <Stack gap="md">
        <Title order={3}>{messages.enableTitle}</Title>
        <Textarea
          label={messages.emails}
          description={messages.emailsHelp}
          placeholder="sam@vendor.example"
          autosize
          minRows={2}
          maxRows={6}
          {...form.getInputProps('emails')}
        />
        <Select
          label={messages.days}
          allowDeselect={false}
          data={SUPPORT_DAYS.map((days) => ({ value: String(days), label: messages.daysLabel(days) }))}
          {...form.getInputProps('days')}
        />
        <Select
          label={messages.role}
          description={messages.roleHelp[form.values.role]}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          data={SUPPORT_ROLES.map((role) => ({ value: role, label: messages.roles[role] }))}
          {...form.getInputProps('role')}
        />
        <Textarea
          label={messages.reason}
          description={messages.reasonHelp}
          maxLength={500}
          autosize
          minRows={2}
          {...form.getInputProps('reason')}
        />
        <Checkbox label={messages.consent} {...form.getInputProps('consent', { type: 'checkbox' })} />
        <FormError error={enable.error} title={messages.enableFailed} />
        <div>
          <Button type="submit" loading={enable.isPending}>
            {messages.enable}
          </Button>
        </div>
      </Stack>
    </form>
  )
}
