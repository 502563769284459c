import type { SecondFactors } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { beginTotp, confirmTotp, removeTotp, renewRecoveryCodes, secondFactorsQuery } from '../../api/second-factors.ts'
import { Alert, Button, Group, notifications, QueryView, RelativeTime, Skeleton, Text, Title } from '../../ui/index.ts'
import settings from '../settings/settings.module.css'
import { FreshProofDialog } from './fresh-proof-dialog.tsx'
import { messages } from './messages.ts'
import { PasskeyList } from './passkey-list.tsx'
import { RecoveryCodeList } from './recovery-code-list.tsx'
import { TotpForm } from './totp-form.tsx'

/** One's own second factors, in the profile. */
export function SecondFactorSection() {
  const query = useQuery(secondFactorsQuery)
  return (
    <section>
      <Title order={2}>{messages.title}</Title>
      <Text c="dimmed" mb="sm" maw={640}>
        {messages.intro}
      </Text>
      <QueryView
        query={query}
        queryKey={secondFactorsQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={88} maw={640} />}
      >
        {(factors) => (factors.canEnrol ? <Factors factors={factors} /> : <Text maw={640}>{messages.notHere}</Text>)}
      </QueryView>
    </section>
  )
}

type Dialog = 'set-up' | 'remove' | 'renew'

function Factors({ factors }: { factors: SecondFactors }) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const close = () => setDialog(null)
  const { totp } = factors
  const hasFactor = totp !== null || factors.passkeys.length > 0
  return (
    <>
      {factors.isRequired && !hasFactor && (
        <Alert color="yellow" mb="sm" maw={640}>
          {messages.required}
        </Alert>
      )}
      <dl className={settings.facts}>
        <div className={settings.fact}>
          <dt>{messages.app}</dt>
          <dd>
            <Group justify="space-between" gap="xs">
              {totp === null ? (
                messages.appMissing
              ) : (
                <span>
                  {messages.appAdded} <RelativeTime at={totp.addedAt} />
                </span>
              )}
              <Button variant="default" onClick={() => setDialog(totp === null ? 'set-up' : 'remove')}>
                {totp === null ? messages.setUp : messages.remove}
              </Button>
            </Group>
          </dd>
        </div>
        <div className={settings.fact}>
          <dt>{messages.passkeys}</dt>
          <dd>
            <PasskeyList passkeys={factors.passkeys} />
          </dd>
        </div>
        {hasFactor && (
          <div className={settings.fact}>
            <dt>{messages.codes}</dt>
            <dd>
              <Group justify="space-between" gap="xs">
                <span className="tabular">{messages.codesLeft(factors.recoveryCodesLeft)}</span>
                <Button variant="default" onClick={() => setDialog('renew')}>
                  {messages.renew}
                </Button>
              </Group>
            </dd>
          </div>
        )}
      </dl>
      {dialog === 'set-up' && <SetUpDialog onClose={close} />}
      {dialog === 'remove' && <RemoveDialog onClose={close} />}
      {dialog === 'renew' && <RenewDialog onClose={close} />}
    </>
  )
}

function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: secondFactorsQuery.queryKey })
}

function SetUpDialog({ onClose }: { onClose: () => void }) {
  const refresh = useRefresh()
  const begin = useMutation({ mutationFn: beginTotp })
  const confirm = useMutation({
    mutationFn: confirmTotp,
    onSuccess: async ({ recoveryCodes }) => {
      if (recoveryCodes !== null) return
      await refresh()
      onClose()
    },
  })
  const codes = confirm.data?.recoveryCodes ?? null
  const finish = async () => {
    onClose()
    await refresh()
  }
  return (
    <FreshProofDialog
      opened
      title={codes === null ? messages.setUpTitle : messages.codesTitle}
      submitLabel={messages.proceed}
      error={begin.error}
      isPending={begin.isPending}
      onProve={begin.mutate}
      onClose={finish}
    >
      {codes !== null ? (
        <RecoveryCodeList codes={codes} onKept={finish} />
      ) : begin.data === undefined ? undefined : (
        <TotpForm
          enrolment={begin.data}
          error={confirm.error}
          isPending={confirm.isPending}
          onConfirm={(code) => confirm.mutate(code)}
        />
      )}
    </FreshProofDialog>
  )
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const refresh = useRefresh()
  const remove = useMutation({
    mutationFn: removeTotp,
    onSuccess: async () => {
      notifications.show({ message: messages.removed })
      onClose()
      await refresh()
    },
  })
  return (
    <FreshProofDialog
      opened
      isDanger
      title={messages.removeApp}
      submitLabel={messages.remove}
      error={remove.error}
      isPending={remove.isPending}
      onProve={remove.mutate}
      onClose={onClose}
    />
  )
}

function RenewDialog({ onClose }: { onClose: () => void }) {
  const refresh = useRefresh()
  const renew = useMutation({ mutationFn: renewRecoveryCodes, onSuccess: refresh })
  return (
    <FreshProofDialog
      opened
      title={messages.renewTitle}
      submitLabel={messages.renew}
      error={renew.error}
      isPending={renew.isPending}
      onProve={renew.mutate}
      onClose={onClose}
    >
      {renew.data && <RecoveryCodeList codes={renew.data.recoveryCodes} onKept={onClose} />}
    </FreshProofDialog>
  )
}
