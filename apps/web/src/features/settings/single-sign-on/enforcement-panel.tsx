import type { IdentityProviderList } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery } from '../../../api/people.ts'
import { changeEnforcement } from '../../../api/single-sign-on.ts'
import { useSession } from '../../../shell/use-session.ts'
import { Button, Checkbox, FormError, Group, Select, Stack, Text, Title } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { useProviderChange } from './use-provider-change.ts'

/** Whether a password is still enough, and for whom it stays so. */
export function EnforcementPanel({ providers, enforcement }: Pick<IdentityProviderList, 'providers' | 'enforcement'>) {
  const { enforced } = enforcement
  const { user } = useSession()
  const [guestsExempt, setGuestsExempt] = useState(enforced ? enforcement.guestsExempt : true)
  const [breakGlassUserId, setBreakGlassUserId] = useState(enforcement.breakGlassUserId ?? user.id)
  const change = useProviderChange(changeEnforcement, (now) =>
    now.enforced ? messages.enforced : messages.notEnforced,
  )
  const isReady = providers.some((provider) => provider.enabled && provider.testedAt !== null)
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.enforcementTitle}
      </Title>
      <div className={classes.panel}>
        <Stack gap="md">
          <Text>{enforced ? messages.isEnforced : messages.isNotEnforced}</Text>
          <Checkbox
            label={messages.guestsExempt}
            disabled={enforced}
            checked={guestsExempt}
            onChange={(event) => setGuestsExempt(event.currentTarget.checked)}
          />
          <AdminPicker value={breakGlassUserId} isFixed={enforced} onChange={setBreakGlassUserId} />
          <FormError error={change.error} title={messages.failed} />
          <Group gap="sm">
            <Button
              variant={enforced ? 'default' : 'filled'}
              disabled={!enforced && !isReady}
              loading={change.isPending}
              onClick={() => change.mutate({ enforced: !enforced, guestsExempt, breakGlassUserId })}
            >
              {enforced ? messages.stopEnforcing : messages.enforce}
            </Button>
            {!enforced && !isReady && (
              <Text c="dimmed" size="xs">
                {messages.needsTest}
              </Text>
            )}
          </Group>
        </Stack>
      </div>
    </section>
  )
}

function AdminPicker(props: { value: string; isFixed: boolean; onChange: (id: string) => void }) {
  const admins = useQuery(peopleQuery({ role: 'admin', pageSize: 100 }))
  const superadmins = useQuery(peopleQuery({ role: 'superadmin', pageSize: 100 }))
  const people = [...(superadmins.data?.people ?? []), ...(admins.data?.people ?? [])]
  return (
    <Select
      label={messages.breakGlass}
      description={messages.breakGlassHelp}
      searchable
      allowDeselect={false}
      disabled={props.isFixed}
      data={people.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
      value={props.value}
      onChange={(id) => id !== null && props.onChange(id)}
    />
  )
}
