import { INVITATION_STATES, type InvitationSent, type InviteResult } from '@graticule/contract'
import { IconMailPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { invitationsQuery } from '../../../api/invitations.ts'
import { Button, Group, ListFooter, Modal, PageState, QueryView, Select, Skeleton } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { InvitationTable } from './invitation-table.tsx'
import type { InvitationsSearch } from './invitations-search.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { messages } from './messages.ts'
import { SentLinks, titleOf } from './sent-links.tsx'
import { useInvitationActions } from './use-invitation-actions.tsx'

const PAGE_SIZE = 25
const route = getRouteApi('/signed-in/workspace/settings/invitations')

/** Who was invited and what became of it, for those who invite. */
export function InvitationSettings() {
  return (
    <ForAdmins action="user.invite" title={messages.forbiddenTitle}>
      <InvitationPage />
    </ForAdmins>
  )
}

function InvitationPage() {
  const { state, page = 1 } = route.useSearch()
  const navigate = useNavigate({ from: '/settings/invitations' })
  const change = (search: InvitationsSearch) => void navigate({ search, replace: true })
  const [isInviting, setIsInviting] = useState(false)
  const [sent, setSent] = useState<InvitationSent | null>(null)
  const { resend, confirmWithdraw } = useInvitationActions(setSent)
  const options = invitationsQuery({ state, page, pageSize: PAGE_SIZE })
  const query = useQuery(options)
  const inviteButton = (
    <Button leftSection={<IconMailPlus size={16} />} onClick={() => setIsInviting(true)}>
      {messages.invite}
    </Button>
  )
  return (
    <section aria-label={messages.title}>
      <Group mb="sm" justify="space-between">
        <Select
          aria-label={messages.stateFilter}
          w={150}
          allowDeselect={false}
          value={state ?? ''}
          data={[
            { value: '', label: messages.allStates },
            ...INVITATION_STATES.map((each) => ({ value: each, label: messages.states[each] })),
          ]}
          onChange={(value) => change({ state: INVITATION_STATES.find((each) => each === value) })}
        />
        {inviteButton}
      </Group>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={240} />}
      >
        {({ invitations, total }) =>
          total === 0 ? (
            <PageState
              icon={<IconMailPlus size={20} />}
              title={messages.emptyTitle}
              actions={
                state !== undefined && (
                  <Button variant="default" onClick={() => change({})}>
                    {messages.showAll}
                  </Button>
                )
              }
            >
              {state === undefined ? messages.emptyText : messages.noneInState}
            </PageState>
          ) : (
            <>
              <InvitationTable invitations={invitations} onResend={resend} onWithdraw={confirmWithdraw} />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={PAGE_SIZE}
                page={page}
                pagesLabel={messages.pages}
                onPage={(next) => change({ state, page: next })}
              />
            </>
          )
        }
      </QueryView>
      <InviteDialog opened={isInviting} onClose={() => setIsInviting(false)} />
      <Modal
        opened={sent !== null}
        onClose={() => setSent(null)}
        title={sent === null ? '' : titleOf(resultsOf(sent))}
        size={520}
        closeOnClickOutside={false}
      >
        {sent !== null && <SentLinks results={resultsOf(sent)} onClose={() => setSent(null)} />}
      </Modal>
    </section>
  )
}

function resultsOf(sent: InvitationSent): InviteResult[] {
  return [{ ...sent, email: sent.invitation.email, outcome: 'invited' }]
}
