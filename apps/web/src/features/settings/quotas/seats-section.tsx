import type { OrganizationSettings } from '@graticule/contract'
import { SEAT_KINDS } from '@graticule/policy'
import { useState } from 'react'
import { useCan } from '../../../shell/use-session.ts'
import { Text } from '../../../ui/index.ts'
import { usePlannedUpdate } from '../organization/use-planned-update.tsx'
import { LimitField } from './limit-field.tsx'
import { LimitsForm } from './limits-form.tsx'
import { messages } from './messages.ts'
import { QuotaRow } from './quota-row.tsx'

/** How many people may have each kind of seat, and how many do; superadmins change it, admins see it. */
export function SeatsSection({ seats }: { seats: OrganizationSettings['seats'] }) {
  const { allowed, reason } = useCan('organization.set-seats')
  const update = usePlannedUpdate()
  const saved = { editor: seats.editor.limit, viewer: seats.viewer.limit }
  const [limits, setLimits] = useState(saved)
  return (
    <LimitsForm
      title={messages.seatsTitle}
      intro={messages.seatsIntro}
      isEditable={allowed}
      isChanged={SEAT_KINDS.some((kind) => limits[kind] !== saved[kind])}
      onReview={() => update.review({ seats: limits }, () => undefined)}
      onDiscard={() => setLimits(saved)}
      footnote={
        allowed ? undefined : (
          <Text c="dimmed" size="xs">
            {reason}
          </Text>
        )
      }
    >
      {SEAT_KINDS.map((kind) => (
        <QuotaRow
          key={kind}
          label={messages.seats[kind].label}
          help={messages.seats[kind].help}
          used={seats[kind].used}
          limit={seats[kind].limit}
          field={
            allowed && (
              <LimitField
                label={messages.seats[kind].limit}
                value={limits[kind]}
                onChange={(limit) => setLimits((before) => ({ ...before, [kind]: limit }))}
              />
            )
          }
        />
      ))}
      {update.dialog}
    </LimitsForm>
  )
}
