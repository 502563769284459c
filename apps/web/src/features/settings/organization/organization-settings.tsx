import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { organizationQuery } from '../../../api/organization.ts'
import { useCan, useSession } from '../../../shell/use-session.ts'
import { Anchor, CopyIconButton, Group, QueryView, Skeleton, Stack, Text, Title } from '../../../ui/index.ts'
import { DomainsSection } from '../domains/domains-section.tsx'
import classes from '../settings.module.css'
import { DangerZone } from './danger-zone.tsx'
import { GeneralForm } from './general-form.tsx'
import { messages } from './messages.ts'
import { SessionLengthForm } from './session-length-form.tsx'
import { SignInRulesForm } from './sign-in-rules-form.tsx'

/** The organization that one is signed in to; its admins also change what it decides about its people. */
export function OrganizationSettings() {
  const { demo } = useSession()
  const canInspect = useCan('organization.inspect').allowed
  return (
    <Stack gap="lg">
      <section>
        <Title order={2} mb="sm">
          {messages.title}
        </Title>
        <Facts withName={!canInspect} />
        {demo && (
          <Text c="dimmed" mt="sm" maw={640}>
            {messages.demoNote}
          </Text>
        )}
      </section>
      {canInspect && <AdminSettings />}
    </Stack>
  )
}

/** The name is left out where it can be changed below. */
function Facts({ withName }: { withName: boolean }) {
  const { organization } = useSession()
  return (
    <dl className={classes.facts}>
      {withName && (
        <div className={classes.fact}>
          <dt>{messages.name}</dt>
          <dd>{organization.name}</dd>
        </div>
      )}
      <div className={classes.fact}>
        <dt>{messages.id}</dt>
        <dd>
          <Group gap={4}>
            <Text ff="monospace">{organization.id}</Text>
            <CopyIconButton value={organization.id} label={messages.copyId} />
          </Group>
        </dd>
      </div>
    </dl>
  )
}

function QuotasNote() {
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.quotasTitle}
      </Title>
      <Text c="dimmed">
        {messages.quotasText}{' '}
        <Anchor underline="always" renderRoot={(props) => <Link to="/settings/quotas" {...props} />}>
          {messages.quotasLink}
        </Anchor>
      </Text>
    </section>
  )
}

function AdminSettings() {
  const query = useQuery(organizationQuery)
  return (
    <QueryView
      query={query}
      queryKey={organizationQuery.queryKey}
      awaiting={messages.awaiting}
      skeleton={<Skeleton height={280} maw={640} />}
    >
      {(settings) => (
        <>
          <GeneralForm settings={settings} />
          <SignInRulesForm settings={settings} />
          <SessionLengthForm settings={settings} />
          <DomainsSection />
          <QuotasNote />
          <DangerZone settings={settings} />
        </>
      )}
    </QueryView>
  )
}
