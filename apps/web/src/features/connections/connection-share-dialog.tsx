import type { ConnectionSummary } from '@graticule/contract'
import { decideCredentialPolicy } from '@graticule/policy'
import { Modal } from '../../ui/index.ts'
import type { AudienceChoice } from '../sharing/audience-choice.ts'
import { shareMessages } from '../sharing/messages.ts'
import { ShareForm } from '../sharing/share-form.tsx'
import { audienceOfChoice } from './credential-policy.ts'
import { CredentialPolicyForm } from './credential-policy-form.tsx'

/** Decides who can use a connection, and with whose database login they read. */
export function ConnectionShareDialog(props: {
  connection: ConnectionSummary
  opened: boolean
  onShared: () => Promise<void>
  onClose: () => void
}) {
  const { connection, onShared, onClose } = props
  const { credentialPolicy, id, logins, name, viewerAuthentication } = connection
  const isPersonal = credentialPolicy === 'viewer'
  const forbids = (choice: AudienceChoice) => {
    const { allowed, reason } = decideCredentialPolicy(logins, credentialPolicy, audienceOfChoice(choice))
    return allowed ? undefined : reason
  }
  return (
    <Modal opened={props.opened} onClose={onClose} title={shareMessages.title(name)} size={520}>
      <ShareForm
        asset={{ kind: 'connection', id }}
        connectionNames={[]}
        ownLoginNames={isPersonal && viewerAuthentication === 'stored' ? [name] : []}
        certifiedNames={isPersonal && viewerAuthentication !== 'stored' ? [name] : []}
        forbids={forbids}
        onShared={onShared}
        onClose={onClose}
      >
        <CredentialPolicyForm connection={connection} onSaved={onShared} />
      </ShareForm>
    </Modal>
  )
}
