import type { OrganizationDomain } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { domainsQuery, planDomainRemoval, removeDomain, verifyDomain } from '../../../api/domains.ts'
import { useCan } from '../../../shell/use-session.ts'
import {
  Badge,
  Button,
  CopyIconButton,
  FormError,
  Group,
  notifications,
  Stack,
  Text,
  TextInput,
} from '../../../ui/index.ts'
import { ChangePlanDialog } from '../plan/organization-plan-dialog.tsx'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

/** One domain with its state and, until it is verified, the record that verifies it. */
export function DomainRow({ domain }: { domain: OrganizationDomain }) {
  const { failingSince, id, verifiedAt } = domain
  const queryClient = useQueryClient()
  const { allowed } = useCan('domain.manage')
  const onSettled = () => queryClient.invalidateQueries({ queryKey: domainsQuery.queryKey })
  const verify = useMutation({
    mutationFn: () => verifyDomain(id),
    onSuccess: () => notifications.show({ message: messages.isVerified(domain.domain) }),
    onSettled,
  })
  const [isLeaving, setLeaving] = useState(false)
  const isDue = verifiedAt === null || failingSince !== null
  return (
    <li className={classes.domain}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={500}>{domain.domain}</Text>
          <StateBadge domain={domain} />
        </Group>
        <Group gap="xs" display={allowed ? undefined : 'none'}>
          {isDue && (
            <Button
              variant="default"
              aria-label={messages.verifyOne(domain.domain)}
              loading={verify.isPending}
              onClick={() => verify.mutate()}
            >
              {messages.verify}
            </Button>
          )}
          <Button
            variant="subtle"
            color="red"
            aria-label={messages.removeOne(domain.domain)}
            onClick={() => setLeaving(true)}
          >
            {messages.remove}
          </Button>
        </Group>
      </Group>
      {isDue && <RecordFields domain={domain} />}
      <FormError error={verify.error} />
      {isLeaving && (
        <ChangePlanDialog
          title={messages.removeTitle(domain.domain)}
          saveLabel={messages.remove}
          queryKey={['domain-removal-plan', id]}
          plan={(signal) => planDomainRemoval(id, signal)}
          save={async (planVersion) => {
            await removeDomain(id, planVersion)
            await onSettled()
          }}
          onClose={() => setLeaving(false)}
        />
      )}
    </li>
  )
}

function StateBadge({ domain: { failingSince, verifiedAt, verifiedBy } }: { domain: OrganizationDomain }) {
  if (failingSince !== null) return <Badge color="red">{messages.failing}</Badge>
  if (verifiedAt === null) return <Badge color="gray">{messages.pending}</Badge>
  return <Badge color="green">{verifiedBy === 'operator' ? messages.vouched : messages.verified}</Badge>
}

function RecordFields({ domain: { failingSince, record } }: { domain: OrganizationDomain }) {
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {failingSince === null ? messages.recordText : messages.failingText}
      </Text>
      <TextInput
        label={messages.recordName}
        readOnly
        value={record.name}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<CopyIconButton value={record.name} label={messages.copyName} />}
      />
      <TextInput
        label={messages.recordValue}
        readOnly
        value={record.value}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<CopyIconButton value={record.value} label={messages.copyValue} />}
      />
    </Stack>
  )
}
