import type { GovernanceUpdateBody, GovernanceSettings as Settings } from '@graticule/contract'
import { GOVERNANCE_POLICIES, GOVERNANCE_POLICY_IDS } from '@graticule/policy'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { providersQuery } from '../../../api/connections.ts'
import { governanceQuery } from '../../../api/governance.ts'
import { groupsQuery } from '../../../api/groups.ts'
import { Anchor, Button, Group, QueryView, Skeleton, Stack, Text, Title } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import classes from '../settings.module.css'
import { GovernancePlanDialog } from './governance-plan-dialog.tsx'
import { messages } from './messages.ts'
import { PolicyField } from './policy-field.tsx'
import { SharingDefaultsForm } from './sharing-defaults-form.tsx'

const GROUPS = ['connections', 'maps', 'sharing', 'people', 'tokens', 'applications', 'exports'] as const

/** What the organization forbids from now on and shares by default, changed as one after a look at the plan. */
export function GovernanceSettings() {
  return (
    <ForAdmins action="governance.manage" title={messages.title}>
      <Governance />
    </ForAdmins>
  )
}

function Governance() {
  const query = useQuery(governanceQuery)
  return (
    <Stack gap="lg">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed">
          {messages.intro} {messages.quotas}{' '}
          <Anchor underline="always" renderRoot={(props) => <Link to="/settings/quotas" {...props} />}>
            {messages.quotasLink}
          </Anchor>
        </Text>
      </div>
      <QueryView
        query={query}
        queryKey={governanceQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={400} />}
      >
        {(settings) => <GovernanceForm key={settings.revision} settings={settings} />}
      </QueryView>
    </Stack>
  )
}

function GovernanceForm({ settings }: { settings: Settings }) {
  const [policies, setPolicies] = useState(settings.policies)
  const [sharingDefaults, setDefaults] = useState(settings.sharingDefaults)
  // Undefined while the plan is closed.
  const [planned, setPlanned] = useState<GovernanceUpdateBody | undefined>(undefined)
  const providers = useQuery(providersQuery).data ?? []
  const groups = useQuery(groupsQuery({ pageSize: 100 })).data?.groups ?? []
  const isChanged =
    JSON.stringify([policies, sharingDefaults]) !== JSON.stringify([settings.policies, settings.sharingDefaults])
  return (
    <>
      {GROUPS.map((group) => (
        <section key={group}>
          <Title order={3} mb="sm">
            {messages.groups[group]}
          </Title>
          <Stack gap="lg" className={classes.panel} maw={760}>
            {GOVERNANCE_POLICY_IDS.filter((id) => GOVERNANCE_POLICIES[id].group === group).map((id) => (
              <PolicyField
                key={id}
                id={id}
                policies={policies}
                providers={providers}
                onChange={(changes) => setPolicies({ ...policies, ...changes })}
              />
            ))}
          </Stack>
        </section>
      ))}
      <section>
        <Title order={3}>{messages.defaultsTitle}</Title>
        <Text c="dimmed" mb="sm" maw={760}>
          {messages.defaultsIntro}
        </Text>
        <div className={classes.panel} style={{ maxWidth: 760 }}>
          <SharingDefaultsForm defaults={sharingDefaults} groups={groups} onChange={setDefaults} />
        </div>
      </section>
      <Group gap="xs">
        <Button
          disabled={!isChanged}
          onClick={() => setPlanned({ revision: settings.revision, policies, sharingDefaults })}
        >
          {messages.look}
        </Button>
        {isChanged && (
          <Button
            variant="default"
            onClick={() => {
              setPolicies(settings.policies)
              setDefaults(settings.sharingDefaults)
            }}
          >
            {messages.discard}
          </Button>
        )}
      </Group>
      {planned && <GovernancePlanDialog body={planned} onClose={() => setPlanned(undefined)} />}
    </>
  )
}
