import { useQuery } from '@tanstack/react-query'
import { networkQuery } from '../../../api/network.ts'
import { QueryView, Skeleton, Stack, Text, Title } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { AllowedHostsForm } from './allowed-hosts-form.tsx'
import { EgressTable } from './egress-table.tsx'
import { messages } from './messages.ts'
import { TryHostForm } from './try-host-form.tsx'

/** Which hosts the server reaches for the organization: in use, allowed, and tried out. */
export function NetworkSettings() {
  return (
    <ForAdmins action="governance.manage" title={messages.title}>
      <Network />
    </ForAdmins>
  )
}

function Network() {
  const query = useQuery(networkQuery)
  return (
    <Stack gap="xl">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed" maw={760}>
          {messages.intro}
        </Text>
      </div>
      <QueryView
        query={query}
        queryKey={networkQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={400} maw={640} />}
      >
        {(settings) => (
          <Stack gap="xl">
            <section>
              <Title order={3}>{messages.egressTitle}</Title>
              <Text c="dimmed" mb="sm" maw={760}>
                {messages.egressIntro}
              </Text>
              <EgressTable hosts={settings.egress} />
            </section>
            <section>
              <Title order={3} mb="sm">
                {messages.listTitle}
              </Title>
              <AllowedHostsForm key={settings.revision} settings={settings} />
            </section>
            <section>
              <Title order={3}>{messages.tryTitle}</Title>
              <Text c="dimmed" mb="sm" maw={760}>
                {messages.tryIntro}
              </Text>
              <TryHostForm />
            </section>
          </Stack>
        )}
      </QueryView>
    </Stack>
  )
}
