import { type ConnectionSummary, DEFAULT_VIEWER_TOKEN, type PostureFinding } from '@graticule/contract'
import { IconShieldX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { connectionDependentsQuery, updateConnection } from '../../api/connections.ts'
import { readAnew } from '../../api/my-credentials.ts'
import { postureQuery } from '../../api/postures.ts'
import { peopleWithAccessQuery } from '../../api/sharing.ts'
import {
  Alert,
  Badge,
  Button,
  CodeBlock,
  FormError,
  Group,
  NameSentence,
  notifications,
  Radio,
  Skeleton,
  SlowNotice,
  Stack,
  Text,
  Textarea,
} from '../../ui/index.ts'
import classes from '../sharing/share-dialog.module.css'
import { AffectedAssets } from './affected-assets.tsx'
import { CertificateSetup } from './certificate-setup.tsx'
import { policyRule, READING_WAYS, type ReadingWay, redFindingsOf, settingsOf, wayOf } from './credential-policy.ts'
import { credentialPolicyMessages as messages } from './messages.ts'
import { ViewerTokenForm } from './viewer-token-form.tsx'

/** So many people are named before a change; all are counted. */
const NAMED = 200

/** With whose database login those read whom a connection is shared with; says what a change does before it is made. */
export function CredentialPolicyForm(props: { connection: ConnectionSummary; onSaved: () => Promise<void> }) {
  const { connection, onSaved } = props
  const { permissions } = connection
  const current = wayOf(connection)
  const queryClient = useQueryClient()
  const [chosen, setChosen] = useState<ReadingWay>(current)
  const [reason, setReason] = useState('')
  const [token, setToken] = useState(connection.viewerToken ?? DEFAULT_VIEWER_TOKEN)
  const isTokenChanged =
    chosen === 'token' &&
    current === 'token' &&
    connection.viewerToken !== null &&
    JSON.stringify(token) !== JSON.stringify(connection.viewerToken)
  const isSwitchingOn = chosen !== 'owner' && current === 'owner'
  const posture = useQuery({ ...postureQuery(connection.id), enabled: isSwitchingOn && permissions.edit.allowed })
  const save = useMutation({
    mutationFn: () => {
      const postureReason = reason.trim()
      return updateConnection(connection.id, {
        ...settingsOf(chosen),
        ...(chosen === 'token' && { viewerToken: token }),
        ...(isSwitchingOn && postureReason !== '' && { postureReason }),
      })
    },
    onSuccess: async (saved) => {
      setReason('')
      await Promise.all([
        onSaved(),
        readAnew(queryClient),
        queryClient.invalidateQueries({ queryKey: postureQuery(connection.id).queryKey }),
      ])
      notifications.show({ message: messages.saved[wayOf(saved)](saved.name) })
    },
  })
  const refused = redFindingsOf(save.error)
  // What the check of this moment found goes before what an earlier one did.
  const red = refused ?? posture.data?.report?.findings.filter(({ severity }) => severity === 'red') ?? []
  return (
    <Stack gap="sm">
      <Radio.Group
        label={messages.question}
        description={permissions.share.allowed ? undefined : permissions.share.reason}
        value={chosen}
        onChange={(value) => {
          save.reset()
          setChosen(value as ReadingWay)
        }}
      >
        <Stack gap="xs" mt={8}>
          {READING_WAYS.map((way) => (
            <WayCard
              key={way}
              way={way}
              isCurrent={way === current}
              isFixed={!permissions.share.allowed}
              rule={policyRule(connection, settingsOf(way).credentialPolicy)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {chosen === 'certificate' && permissions.edit.allowed && <CertificateSetup connectionId={connection.id} />}
      {chosen === 'token' && permissions.edit.allowed && (
        <ViewerTokenForm connection={connection} value={token} onChange={setToken} />
      )}
      {(chosen !== current || isTokenChanged) && (
        <>
          <Consequence connection={connection} chosen={chosen} />
          {isSwitchingOn && red.length > 0 && (
            <>
              <RedFindings findings={red} />
              <Textarea
                label={messages.reason}
                description={messages.reasonHelp}
                maxLength={1_000}
                autosize
                minRows={2}
                maxRows={6}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            </>
          )}
          <SlowNotice isWaiting={save.isPending} awaiting={messages.awaiting} />
          {/* The findings above say the same, with what mends them. */}
          <FormError error={refused === null ? save.error : null} />
          <Group justify="flex-end" gap="xs">
            <Button
              variant="default"
              onClick={() => {
                save.reset()
                setChosen(current)
                setToken(connection.viewerToken ?? DEFAULT_VIEWER_TOKEN)
              }}
            >
              {messages.keep}
            </Button>
            <Button
              color={chosen === 'owner' ? 'red' : undefined}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {messages.apply[chosen]}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  )
}

function WayCard(props: {
  way: ReadingWay
  isCurrent: boolean
  isFixed: boolean
  /** Why the way in which the connection signs in, or is shared, forbids it. */
  rule: string | undefined
}) {
  const disabled = props.isFixed || props.rule !== undefined
  const { help, label } = messages.ways[props.way]
  return (
    <Radio.Card value={props.way} disabled={disabled} className={classes.choice} data-disabled={disabled || undefined}>
      <Radio.Indicator size="xs" disabled={disabled} />
      <div style={{ flex: 1 }}>
        <Text fw={500}>{label}</Text>
        <Text size="xs" c="dimmed">
          {props.rule ?? help}
        </Text>
      </div>
      {props.isCurrent && <Badge color="gray">{messages.now}</Badge>}
    </Radio.Card>
  )
}

/** Who is asked for a login, or gets to read with the stored one, and what reads from the connection. */
function Consequence({ connection, chosen }: { connection: ConnectionSummary; chosen: ReadingWay }) {
  const asset = { kind: 'connection', id: connection.id } as const
  const { data } = useQuery(peopleWithAccessQuery(asset, { pageSize: NAMED }))
  const dependents = useQuery(connectionDependentsQuery(connection.id)).data?.dependents ?? []
  const others = (data?.people ?? []).filter(({ id }) => id !== connection.owner.id)
  const count = (data?.total ?? 0) - ((data?.people.length ?? 0) - others.length)
  return (
    <section className={classes.consequence} aria-label={messages.consequence} aria-live="polite">
      {data === undefined && <Skeleton height={18} width="60%" />}
      {data !== undefined && count === 0 && <p>{messages.nobody[chosen]}</p>}
      {count > 0 && (
        <NameSentence
          label={messages.askedPeople[chosen]}
          lead={messages.people[chosen](count)}
          items={others.map(({ id, name, email }) => ({ id, text: name, detail: email }))}
        />
      )}
      <p>{messages.means[chosen]}</p>
      {chosen !== 'owner' && dependents.some(({ kind }) => kind === 'map') && <p>{messages.maps[chosen]}</p>}
      <AffectedAssets connectionId={connection.id} />
    </section>
  )
}

function RedFindings({ findings }: { findings: readonly PostureFinding[] }) {
  return (
    <Alert color="red" icon={<IconShieldX size={16} />} title={messages.redTitle}>
      <Stack gap="xs">
        {findings.map(({ object, remedy, rule, sentence }) => (
          <Stack key={`${rule} ${object}`} gap={4}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {sentence}
            </Text>
            {remedy !== null && (
              <CodeBlock code={remedy} label={messages.remedyOf(object ?? sentence)} copyLabel={messages.copyRemedy} />
            )}
          </Stack>
        ))}
      </Stack>
    </Alert>
  )
}
