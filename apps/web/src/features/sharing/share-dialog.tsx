import type { MapSummary, Privacy } from '@graticule/contract'
import { IconBuilding, IconLock, IconWorld } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { connectionsQuery } from '../../api/connections.ts'
import { mapQuery, setMapPrivacy } from '../../api/maps.ts'
import { sessionQuery } from '../../api/session.ts'
import {
  Badge,
  Button,
  CopyTextButton,
  FormError,
  Group,
  Modal,
  Radio,
  Stack,
  Text,
  TextInput,
} from '../../ui/index.ts'
import { describeConsequence, embedCode } from './consequence.ts'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

const CHOICES = [
  { privacy: 'private', Icon: IconLock },
  { privacy: 'shared', Icon: IconBuilding },
  { privacy: 'public', Icon: IconWorld },
] as const

/** Decides who can see a map, says in words what follows, and hands out the link and the embed code. */
export function ShareDialog(props: { map: MapSummary; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.title(props.map.title)} size={520}>
      <ShareForm map={props.map} onClose={props.onClose} />
    </Modal>
  )
}

function ShareForm({ map, onClose }: { map: MapSummary; onClose: () => void }) {
  const queryClient = useQueryClient()
  const organizationName = useQuery(sessionQuery).data?.organization.name ?? ''
  const detail = useQuery(mapQuery(map.id)).data
  const current = detail?.privacy ?? map.privacy
  const [picked, setPicked] = useState<Privacy | null>(null)
  const chosen = picked ?? current
  const share = useMutation({
    mutationFn: (privacy: Privacy) => setMapPrivacy(map.id, privacy),
    onSuccess: async (changed) => {
      queryClient.setQueryData(mapQuery(map.id).queryKey, changed)
      setPicked(null)
      await queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    },
  })
  const { allowed, reason } = map.permissions.share
  const connections = useQuery(connectionsQuery).data ?? []
  const privateNames = connections
    .filter(({ name, privacy }) => privacy === 'private' && map.connectionNames.includes(name))
    .map(({ name }) => name)
  const rules: Partial<Record<Privacy, string>> =
    privateNames.length > 0 ? { shared: messages.needsSharedConnection(privateNames.join(', ')) } : {}
  const sentences = describeConsequence({ current, chosen, organizationName, connectionNames: map.connectionNames })
  return (
    <Stack gap="md">
      <Radio.Group
        label={messages.question}
        description={allowed ? undefined : reason}
        value={chosen}
        onChange={(value) => setPicked(value as Privacy)}
      >
        <Stack gap="xs" mt={8}>
          {CHOICES.map(({ privacy, Icon }) => (
            <Choice
              key={privacy}
              privacy={privacy}
              icon={<Icon size={18} stroke={1.6} aria-hidden />}
              organizationName={organizationName}
              isCurrent={privacy === current}
              disabled={!allowed || (rules[privacy] !== undefined && privacy !== current)}
              rule={rules[privacy]}
            />
          ))}
        </Stack>
      </Radio.Group>
      <section className={classes.consequence} aria-label={messages.consequenceLabel} aria-live="polite">
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </section>
      <FormError error={share.error} />
      {chosen === current ? (
        <LinkRows
          privacy={current}
          url={detail?.publicUrl ?? new URL(`/map/${map.id}`, location.origin).href}
          embedUrl={detail?.embedUrl ?? new URL(`/embed/${map.id}`, location.origin).href}
          title={map.title}
        />
      ) : null}
      <Group justify="flex-end" gap="xs">
        {chosen === current ? (
          <Button variant="default" onClick={onClose}>
            {messages.done}
          </Button>
        ) : (
          <Button
            color={chosen === 'private' ? 'red' : undefined}
            loading={share.isPending}
            onClick={() => share.mutate(chosen)}
          >
            {messages.apply[chosen]}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Choice(props: {
  privacy: Privacy
  icon: ReactNode
  organizationName: string
  isCurrent: boolean
  disabled: boolean
  /** Why the choice is forbidden, when something but the person's rights forbids it. */
  rule: string | undefined
}) {
  const { label, help } = messages.choices[props.privacy]
  return (
    <Radio.Card
      value={props.privacy}
      disabled={props.disabled}
      className={classes.choice}
      data-disabled={props.disabled || undefined}
    >
      <Radio.Indicator size="xs" disabled={props.disabled} />
      {props.icon}
      <div style={{ flex: 1 }}>
        <Text fw={500}>{label}</Text>
        <Text size="xs" c="dimmed">
          {typeof help === 'string' ? help : help(props.organizationName)}
        </Text>
        {props.rule && (
          <Text size="xs" mt={2}>
            {props.rule}
          </Text>
        )}
      </div>
      {props.isCurrent && <Badge color="gray">{messages.now}</Badge>}
    </Radio.Card>
  )
}

function LinkRows(props: { privacy: Privacy; url: string; embedUrl: string; title: string }) {
  const canLink = props.privacy !== 'private'
  const canEmbed = props.privacy === 'public'
  const code = embedCode(props.embedUrl, props.title)
  return (
    <Stack gap="xs" role="group" aria-label={messages.links}>
      <div className={classes.linkRow}>
        <TextInput
          label={messages.linkLabel}
          description={canLink ? undefined : messages.linkNeedsSharing}
          readOnly
          disabled={!canLink}
          value={canLink ? props.url : ''}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton value={props.url} label={messages.copyLink} disabled={!canLink} />
      </div>
      <div className={classes.linkRow}>
        <TextInput
          label={messages.embedLabel}
          description={canEmbed ? undefined : messages.embedNeedsPublic}
          readOnly
          disabled={!canEmbed}
          value={canEmbed ? code : ''}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton value={code} label={messages.copyEmbed} disabled={!canEmbed} />
      </div>
    </Stack>
  )
}
