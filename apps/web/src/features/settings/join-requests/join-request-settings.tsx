import type { JoinRequest, JoinRequestList } from '@graticule/contract'
import { IconUserQuestion } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { changeJoinRequestSettings, joinRequestsQuery, refuseJoinRequest } from '../../../api/join-requests.ts'
import {
  Button,
  CopyIconButton,
  Group,
  modals,
  notifications,
  PageState,
  QueryView,
  RelativeTime,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { OrganizationPlanDialog } from '../plan/organization-plan-dialog.tsx'
import classes from '../settings.module.css'
import { AcceptDialog } from './accept-dialog.tsx'
import { messages } from './messages.ts'

/** Who asks to join the organization, for those who invite. */
export function JoinRequestSettings() {
  return (
    <ForAdmins action="user.invite" title={messages.forbiddenTitle}>
      <JoinRequestPage />
    </ForAdmins>
  )
}

function JoinRequestPage() {
  const query = useQuery(joinRequestsQuery)
  return (
    <QueryView
      query={query}
      queryKey={joinRequestsQuery.queryKey}
      awaiting={messages.awaiting}
      skeleton={<Skeleton height={240} />}
    >
      {(list) => (
        <Stack gap="xl">
          <Door list={list} />
          <Waiting list={list} />
        </Stack>
      )}
    </QueryView>
  )
}

/** Whether people may ask, and where. */
function Door({ list }: { list: JoinRequestList }) {
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: changeJoinRequestSettings,
    onSuccess: async ({ open }) => {
      await queryClient.invalidateQueries({ queryKey: joinRequestsQuery.queryKey })
      notifications.show({ message: open ? messages.opened : messages.closed })
    },
  })
  // What it is to become, while that is looked at.
  const [planned, setPlanned] = useState<boolean | null>(null)
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.title}
      </Title>
      <div className={classes.panel}>
        <Stack gap="md">
          <Switch
            label={messages.open}
            description={messages.openHelp}
            checked={list.open}
            disabled={change.isPending}
            onChange={(event) => setPlanned(event.currentTarget.checked)}
          />
          {list.open && (
            <TextInput
              label={messages.link}
              readOnly
              value={list.link}
              onFocus={(event) => event.currentTarget.select()}
              rightSection={<CopyIconButton value={list.link} label={messages.copyLink} />}
            />
          )}
        </Stack>
      </div>
      {planned !== null && (
        <OrganizationPlanDialog
          body={{ takesJoinRequests: planned }}
          save={() => change.mutateAsync({ open: planned })}
          onClose={() => setPlanned(null)}
        />
      )}
    </section>
  )
}

function Waiting({ list }: { list: JoinRequestList }) {
  const [accepted, setAccepted] = useState<JoinRequest | null>(null)
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.waiting}
      </Title>
      {list.requests.length === 0 ? (
        <PageState icon={<IconUserQuestion size={20} />} title={messages.emptyTitle}>
          {list.open ? messages.emptyOpen : messages.emptyClosed}
        </PageState>
      ) : (
        <ul className={classes.sessions}>
          {list.requests.map((request) => (
            <RequestRow key={request.id} request={request} onAccept={() => setAccepted(request)} />
          ))}
        </ul>
      )}
      <AcceptDialog request={accepted} onClose={() => setAccepted(null)} />
    </section>
  )
}

function RequestRow({ request, onAccept }: { request: JoinRequest; onAccept: () => void }) {
  const { createdAt, email, message, name } = request
  const queryClient = useQueryClient()
  const refuse = useMutation({
    mutationFn: () => refuseJoinRequest(request.id),
    onSuccess: () => notifications.show({ message: messages.refused(email) }),
    onError: showFailure,
    onSettled: () =>
      Promise.all(['join-requests', 'outbox'].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  })
  const confirmRefusal = () =>
    modals.openConfirmModal({
      title: messages.refuseTitle(name),
      children: <Text>{messages.refuseText}</Text>,
      labels: { confirm: messages.refuse, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => refuse.mutate(),
    })
  return (
    <li className={classes.session}>
      <div className={classes.sessionText}>
        <Text fw={500}>{name}</Text>
        <div className={classes.sessionFacts}>
          <span>{email}</span>
          <span>
            {messages.asked} <RelativeTime at={createdAt} />
          </span>
        </div>
        {message !== '' && <Text mt={4}>{message}</Text>}
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button onClick={onAccept}>{messages.accept}</Button>
        <Button variant="default" loading={refuse.isPending} onClick={confirmRefusal}>
          {messages.refuse}
        </Button>
      </Group>
    </li>
  )
}

function showFailure(error: unknown): void {
  notifications.show({
    color: 'red',
    title: messages.failed,
    message: error instanceof ApiError ? error.message : '',
  })
}
