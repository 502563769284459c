import type { GovernanceSettings, GovernanceUpdateBody } from '@graticule/contract'
import { GOVERNANCE_POLICIES, QUOTA_IDS, type QuotaId } from '@graticule/policy'
import { useState } from 'react'
import { useCan } from '../../../shell/use-session.ts'
import { GovernancePlanDialog } from '../governance/governance-plan-dialog.tsx'
import { LimitField } from './limit-field.tsx'
import { LimitsForm } from './limits-form.tsx'
import { messages } from './messages.ts'
import { QuotaRow } from './quota-row.tsx'

type Limits = Pick<GovernanceSettings['policies'], QuotaId>

/** How many maps, applications and connections there may be, by the policies of governance. */
export function AssetsSection({ settings }: { settings: GovernanceSettings }) {
  const { allowed } = useCan('governance.manage')
  const { policies, use } = settings
  const [limits, setLimits] = useState<Limits>(policies)
  // Undefined while the plan is closed.
  const [planned, setPlanned] = useState<GovernanceUpdateBody>()
  const changed = QUOTA_IDS.filter((id) => limits[id] !== policies[id])
  const used = {
    'maps.limit': use?.maps,
    'maps.public-limit': use?.publicMaps,
    'applications.limit': use?.applications,
    'connections.soft-limit': use?.connections,
  } as const satisfies Record<QuotaId, number | undefined>
  return (
    <LimitsForm
      title={messages.assetsTitle}
      intro={messages.assetsIntro}
      isEditable={allowed}
      isChanged={changed.length > 0}
      onReview={() =>
        setPlanned({
          revision: settings.revision,
          policies: Object.fromEntries(changed.map((id) => [id, limits[id]])),
        })
      }
      onDiscard={() => setLimits(policies)}
    >
      {QUOTA_IDS.map((id) => (
        <QuotaRow
          key={id}
          label={messages.assets[id].label}
          help={GOVERNANCE_POLICIES[id].effect}
          used={used[id] ?? 0}
          limit={policies[id]}
          field={
            allowed && (
              <LimitField
                label={messages.assets[id].limit}
                value={limits[id]}
                onChange={(limit) => setLimits((before) => ({ ...before, [id]: limit }))}
              />
            )
          }
        />
      ))}
      {planned && <GovernancePlanDialog body={planned} onClose={() => setPlanned(undefined)} />}
    </LimitsForm>
  )
}
