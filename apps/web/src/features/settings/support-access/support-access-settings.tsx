import type { SupportLink } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { supportAccessQuery } from '../../../api/support-access.ts'
import { Modal, QueryView, Skeleton, Stack, Text, Title } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { ActiveGrant } from './active-grant.tsx'
import { EnableForm } from './enable-form.tsx'
import { GrantHistory } from './grant-history.tsx'
import { messages } from './messages.ts'
import { SupportLinks, titleOf } from './support-links.tsx'

/** Who is let in from outside and until when, and every time that somebody was. */
export function SupportAccessSettings() {
  return (
    <ForAdmins action="support-access.manage" title={messages.forbiddenTitle}>
      <SupportAccessPage />
    </ForAdmins>
  )
}

function SupportAccessPage() {
  const query = useQuery(supportAccessQuery)
  const [links, setLinks] = useState<readonly SupportLink[]>([])
  const close = () => setLinks([])
  return (
    <Stack gap="xl">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed" maw={640}>
          {messages.intro}
        </Text>
      </div>
      <QueryView
        query={query}
        queryKey={supportAccessQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={320} maw={640} />}
      >
        {(grants) => {
          const active = grants.find(({ state }) => state === 'active')
          return (
            <>
              {active === undefined ? (
                <EnableForm onEnabled={setLinks} />
              ) : (
                <ActiveGrant grant={active} onLinks={setLinks} />
              )}
              <GrantHistory grants={grants.filter((grant) => grant !== active)} />
            </>
          )
        }}
      </QueryView>
      {/* Links are shown once, so a click beside the dialog must not take them away. */}
      <Modal opened={links.length > 0} onClose={close} title={titleOf(links)} size={520} closeOnClickOutside={false}>
        <SupportLinks links={links} onClose={close} />
      </Modal>
    </Stack>
  )
}
