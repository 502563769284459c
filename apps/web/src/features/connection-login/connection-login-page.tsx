import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { connectionsQuery } from '../../api/connections.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { useRoleReaches } from '../../shell/use-session.ts'
import { Button, Stack, Text } from '../../ui/index.ts'
import { PublishingLoginsPanel } from '../publishing/publishing-logins-panel.tsx'
import { GrantsPanel } from './grants-panel.tsx'
import { messages } from './messages.ts'
import { PosturePanel } from './posture-panel.tsx'

const route = getRouteApi('/signed-in/workspace/connections/$connection/login')

/** What the login of one connection can do, what it should be able to do, and the scripts between the two. */
export function ConnectionLoginPage() {
  const { connection } = route.useParams()
  const title = messages.title(connection)
  const connections = useQuery(connectionsQuery).data ?? []
  const hasOwnLogins = connections.some(
    ({ credentialPolicy, name }) => name === connection && credentialPolicy === 'viewer',
  )
  if (!useRoleReaches('connection.update')) return <ForbiddenPage title={title} />
  return (
    <Page title={title}>
      <Stack gap="xl" maw={880}>
        <div>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            ml={-8}
            mb={4}
            leftSection={<IconArrowLeft size={14} />}
            renderRoot={(button) => <Link to="/connections" {...button} />}
          >
            {messages.back}
          </Button>
          <Text c="dimmed" maw={640}>
            {messages.intro}
          </Text>
        </div>
        <PosturePanel connection={connection} />
        <PublishingLoginsPanel connection={connection} hasOwnLogins={hasOwnLogins} />
        <GrantsPanel connection={connection} />
      </Stack>
    </Page>
  )
}
