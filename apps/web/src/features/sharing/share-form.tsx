import type { PublicationWish, SharingDetail } from '@graticule/contract'
import { ASSET_KINDS, canReceive, type ShareableKind } from '@graticule/policy'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { type Shareable, setSharing, sharingQuery } from '../../api/sharing.ts'
import { Badge, Button, FormError, Group, QueryView, Radio, Skeleton, Stack, Text } from '../../ui/index.ts'
import { AccessChange } from './access-change.tsx'
import { AccessList } from './access-list.tsx'
import { type AudienceChoice, type AudienceDraft, draftOf, isChanged, toWish } from './audience-choice.ts'
import { AUDIENCE_ICONS } from './audience-icons.ts'
import { AudiencePicker } from './audience-picker.tsx'
import { describeConsequence } from './consequence.ts'
import { ExplainAccess } from './explain-access.tsx'
import { InheritedAccess, listGiving } from './inherited-access.tsx'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

interface ShareFormProps {
  readonly asset: Shareable
  /** Of a map: what it draws from. */
  readonly connectionNames: readonly string[]
  /** Of a map: what is said about it besides. */
  readonly isCollaborative?: boolean
  readonly hasPassword?: boolean
  /** What is asked besides when something is about to get a public link, and what is done with it before it does. */
  readonly publicLink?: {
    /** `isPublishing`: whether it is about to get one, so that what is shown may be looked up. */
    readonly fields: (isPublishing: boolean) => ReactNode
    readonly prepare: () => Promise<void>
    /** False while something is missing that the link needs. */
    readonly isReady: boolean
    /** With what the public is to read it, and why. */
    readonly publication: PublicationWish
  }
  /** Why something besides governance forbids a choice; undefined where nothing does. */
  readonly forbids?: (choice: AudienceChoice) => string | undefined
  /** Of connections that are read with everybody's own login: itself, or those that a map reads from. */
  readonly ownLoginNames?: readonly string[]
  /** Those of the connections that everybody is let in at by a certificate or a token of their own. */
  readonly certifiedNames?: readonly string[]
  readonly onShared: () => Promise<void>
  readonly onClose: () => void
  /** Shown while nothing is about to change. */
  readonly children?: ReactNode
}

/** With whom an asset is shared; a change says who gains and loses access before it is confirmed. */
export function ShareForm(props: ShareFormProps) {
  const options = sharingQuery(props.asset)
  const query = useQuery(options)
  return (
    <QueryView
      query={query}
      queryKey={options.queryKey}
      awaiting={messages.awaiting}
      skeleton={<Skeleton height={220} aria-label={messages.awaiting} />}
    >
      {(detail) => <AudienceForm {...props} detail={detail} />}
    </QueryView>
  )
}

/** The choices that a kind of asset has. */
function choicesOf(kind: ShareableKind): AudienceChoice[] {
  const audiences: readonly string[] = ASSET_KINDS[kind].audiences
  return ['private', 'organization', 'specific', ...(audiences.includes('public') ? ['public' as const] : [])]
}

function AudienceForm(props: ShareFormProps & { detail: SharingDetail }) {
  const { asset, detail } = props
  const queryClient = useQueryClient()
  const organizationName = useQuery(sessionQuery).data?.organization.name ?? ''
  const stored = draftOf(detail)
  const [edited, setEdited] = useState<AudienceDraft | null>(null)
  const draft = edited ?? stored
  const hasChanged = isChanged(draft, detail)
  const isPublishing = draft.choice === 'public' && stored.choice !== 'public'
  const isNobody = draft.choice === 'specific' && draft.picked.length === 0
  // A password is set in the same step, and must be there where the organization wants one.
  const lacksPassword = isPublishing && !props.hasPassword && !detail.choices.openLink.allowed
  const share = useMutation({
    mutationFn: async () => {
      if (isPublishing) await props.publicLink?.prepare()
      const publication = isPublishing ? props.publicLink?.publication : undefined
      return setSharing(asset, { ...toWish(draft), ...(publication && { publication }) })
    },
    // What was looked at may be something else by now.
    onError: () => void queryClient.invalidateQueries({ queryKey: ['publication-check', asset.id] }),
    onSuccess: async (changed) => {
      queryClient.setQueryData(sharingQuery(asset).queryKey, changed)
      setEdited(null)
      await queryClient.invalidateQueries({ queryKey: ['sharing', asset.kind, 'people-counts'] })
      await props.onShared()
    },
  })
  const edit = (changes: Partial<AudienceDraft>) => {
    share.reset()
    setEdited({ ...draft, ...changes })
  }
  const { allowed, reason } = detail.share
  const { choice } = draft
  const sentences = describeConsequence({
    kind: asset.kind,
    current: stored.choice,
    chosen: choice,
    organizationName,
    connectionNames: props.connectionNames,
    isInherited: listGiving(detail).length > 0,
    isCollaborative: props.isCollaborative,
    hasPassword: props.hasPassword,
    ownLoginNames: props.ownLoginNames,
    certifiedNames: props.certifiedNames,
  })
  return (
    <Stack gap="md">
      <Radio.Group
        label={messages.question[asset.kind]}
        description={allowed ? undefined : reason}
        value={choice}
        onChange={(value) => edit({ choice: value as AudienceChoice })}
      >
        <Stack gap="xs" mt={8}>
          {choicesOf(asset.kind).map((candidate) => (
            <Choice
              key={candidate}
              choice={candidate}
              organizationName={organizationName}
              isCurrent={candidate === stored.choice}
              disabled={!allowed}
              // What it is already needs nobody's leave.
              rule={
                candidate === stored.choice
                  ? undefined
                  : (detail.choices[candidate].reason ?? props.forbids?.(candidate))
              }
            />
          ))}
        </Stack>
      </Radio.Group>
      {(choice === 'specific' || (choice === 'organization' && canReceive('guest', asset.kind))) && (
        <AudiencePicker
          kind={asset.kind}
          label={messages.picker[choice]}
          ownerId={detail.owner?.id ?? null}
          picked={draft.picked}
          disabled={!allowed}
          choices={detail.choices}
          onChange={(picked) => edit({ picked })}
        />
      )}
      {props.publicLink?.fields(isPublishing)}
      <section className={classes.consequence} aria-label={messages.consequenceLabel} aria-live="polite">
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {hasChanged && !isNobody && <AccessChange asset={asset} wish={toWish(draft)} />}
        {lacksPassword && <p>{detail.choices.openLink.reason}</p>}
        {isNobody && <p>{messages.pickSomebody}</p>}
        <InheritedAccess detail={detail} />
      </section>
      {!hasChanged && <AccessList asset={asset} peopleCount={detail.peopleCount} />}
      {!hasChanged && <ExplainAccess asset={asset} />}
      <FormError error={share.error} />
      {hasChanged ? null : props.children}
      <Group justify="flex-end" gap="xs">
        {hasChanged ? (
          <Button
            color={choice === 'private' ? 'red' : undefined}
            loading={share.isPending}
            disabled={isNobody || lacksPassword || (isPublishing && props.publicLink?.isReady === false)}
            onClick={() => share.mutate()}
          >
            {choice === stored.choice ? messages.applyChange : messages.apply[choice]}
          </Button>
        ) : (
          <Button variant="default" onClick={props.onClose}>
            {messages.done}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Choice(props: {
  choice: AudienceChoice
  organizationName: string
  isCurrent: boolean
  disabled: boolean
  /** Why governance forbids it, if it does. */
  rule: string | undefined
}) {
  const disabled = props.disabled || props.rule !== undefined
  const { label, help } = messages.choices[props.choice]
  const Icon = AUDIENCE_ICONS[props.choice]
  return (
    <Radio.Card
      value={props.choice}
      disabled={disabled}
      className={classes.choice}
      data-disabled={disabled || undefined}
    >
      <Radio.Indicator size="xs" disabled={disabled} />
      <Icon size={18} stroke={1.6} aria-hidden />
      <div style={{ flex: 1 }}>
        <Text fw={500}>{label}</Text>
        <Text size="xs" c="dimmed">
          {props.rule ?? (typeof help === 'string' ? help : help(props.organizationName))}
        </Text>
      </div>
      {props.isCurrent && <Badge color="gray">{messages.now}</Badge>}
    </Radio.Card>
  )
}
