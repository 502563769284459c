import type { OrganizationDomainList } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addDomain, changeAutoJoin, domainsQuery } from '../../../api/domains.ts'
import { useCan } from '../../../shell/use-session.ts'
import {
  Button,
  FormError,
  Group,
  notifications,
  QueryView,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
  useForm,
} from '../../../ui/index.ts'
import { OrganizationPlanDialog } from '../plan/organization-plan-dialog.tsx'
import classes from '../settings.module.css'
import { DomainRow } from './domain-row.tsx'
import { messages } from './messages.ts'

/** The domains that the organization proves to be its own, and who joins by them. */
export function DomainsSection() {
  const query = useQuery(domainsQuery)
  const right = useCan('domain.manage')
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.title}
      </Title>
      <QueryView
        query={query}
        queryKey={domainsQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={160} maw={640} />}
      >
        {(list) => (
          <div className={classes.panel}>
            <Stack gap="md">
              <AutoJoinSwitch list={list} />
              {list.domains.length === 0 ? (
                <Text c="dimmed">{messages.empty}</Text>
              ) : (
                <ul className={classes.domains}>
                  {list.domains.map((domain) => (
                    <DomainRow key={domain.id} domain={domain} />
                  ))}
                </ul>
              )}
              {right.allowed ? (
                <AddDomainForm />
              ) : (
                <Text c="dimmed" size="xs">
                  {right.reason}
                </Text>
              )}
            </Stack>
          </div>
        )}
      </QueryView>
    </section>
  )
}

function AutoJoinSwitch({ list }: { list: OrganizationDomainList }) {
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: changeAutoJoin,
    onSuccess: async ({ autoJoin }) => {
      await queryClient.invalidateQueries({ queryKey: domainsQuery.queryKey })
      notifications.show({ message: autoJoin ? messages.autoJoinOn : messages.autoJoinOff })
    },
  })
  // What it is to become, while that is looked at.
  const [planned, setPlanned] = useState<boolean | null>(null)
  return (
    <>
      <Switch
        label={messages.autoJoin}
        description={list.canMail ? messages.autoJoinHelp : messages.noMailServer}
        checked={list.autoJoin}
        disabled={change.isPending || (!list.canMail && !list.autoJoin)}
        onChange={(event) => setPlanned(event.currentTarget.checked)}
      />
      {planned !== null && (
        <OrganizationPlanDialog
          body={{ autoJoin: planned }}
          save={() => change.mutateAsync({ autoJoin: planned })}
          onClose={() => setPlanned(null)}
        />
      )}
    </>
  )
}

function AddDomainForm() {
  const queryClient = useQueryClient()
  const form = useForm({ initialValues: { domain: '' } })
  const add = useMutation({
    mutationFn: addDomain,
    onSuccess: async () => {
      form.reset()
      await queryClient.invalidateQueries({ queryKey: domainsQuery.queryKey })
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit(({ domain }) => add.mutate(domain))}>
      <Stack gap="sm">
        <FormError error={add.error} />
        <Group align="flex-end" gap="xs">
          <TextInput
            label={messages.add}
            placeholder={messages.addPlaceholder}
            autoComplete="off"
            maxLength={253}
            className={classes.domainField}
            {...form.getInputProps('domain')}
          />
          <Button type="submit" variant="default" loading={add.isPending} disabled={form.values.domain.trim() === ''}>
            {messages.addButton}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
