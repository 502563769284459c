import { useQuery } from '@tanstack/react-query'
import { governanceQuery } from '../../../api/governance.ts'
import { organizationQuery } from '../../../api/organization.ts'
import { usageQuery } from '../../../api/usage.ts'
import { QueryView, Skeleton, Stack } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { UsageLimitsSection } from '../usage/usage-limits-section.tsx'
import { AssetsSection } from './assets-section.tsx'
import { messages } from './messages.ts'
import { SeatsSection } from './seats-section.tsx'

/** Everything that the organization has a limited number of: seats for people, maps, public links, applications. */
export function QuotaSettings() {
  return (
    <ForAdmins action="organization.inspect" title={messages.forbiddenTitle}>
      <QuotaPage />
    </ForAdmins>
  )
}

function QuotaPage() {
  const organization = useQuery(organizationQuery)
  const governance = useQuery(governanceQuery)
  const usageOptions = usageQuery('all', {})
  const usage = useQuery(usageOptions)
  return (
    <Stack gap="lg">
      <QueryView
        query={organization}
        queryKey={organizationQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={220} maw={640} />}
      >
        {({ seats }) => <SeatsSection key={JSON.stringify(seats)} seats={seats} />}
      </QueryView>
      <QueryView
        query={governance}
        queryKey={governanceQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={320} maw={640} />}
      >
        {(settings) => <AssetsSection key={settings.revision} settings={settings} />}
      </QueryView>
      <QueryView
        query={usage}
        queryKey={usageOptions.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={220} maw={640} />}
      >
        {(report) => <UsageLimitsSection key={report.revision} report={report} />}
      </QueryView>
    </Stack>
  )
}
