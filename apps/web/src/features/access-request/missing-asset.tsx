import type { RequestableKind } from '@graticule/contract'
import { decideRequestable } from '@graticule/policy'
import { IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { principalOf, useSession } from '../../shell/use-session.ts'
import { Button, PageState } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { RequestAccess } from './request-access.tsx'

/**
 * What stands where somebody may not open something, or where there is nothing: which of the two it does not say. Whoever
 * could be let in asks the owner; whose role never opens such a thing is told so.
 */
export function MissingAsset({ kind, id, onRetry }: { kind: RequestableKind; id: string; onRetry: () => void }) {
  const decision = decideRequestable(principalOf(useSession()), kind, 'open')
  return (
    <PageState
      icon={<IconLock size={20} />}
      title={messages.missingTitle(kind)}
      actions={
        <>
          <Button variant="default" onClick={onRetry}>
            {messages.retry}
          </Button>
          <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
            {messages.goHome}
          </Button>
        </>
      }
    >
      {decision.allowed ? messages.missingText : decision.reason}
      {decision.allowed && <RequestAccess kind={kind} id={id} wanted="open" />}
    </PageState>
  )
}
