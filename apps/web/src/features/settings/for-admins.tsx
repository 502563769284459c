import type { Action } from '@graticule/policy'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useCan } from '../../shell/use-session.ts'
import { PageState } from '../../ui/index.ts'

/** A page of the settings that needs a right of the role; without it, the rule that forbids it in its place. */
export function ForAdmins({ action, title, children }: { action: Action; title: string; children: ReactNode }) {
  const { allowed, reason } = useCan(action)
  if (allowed) return children
  return (
    <PageState icon={<IconLock size={20} />} title={title}>
      {reason}
    </PageState>
  )
}
