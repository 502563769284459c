import type { OrganizationSettings } from '@graticule/contract'
import { useState } from 'react'
import { deleteOrganization, suspendOrganization } from '../../../api/organization.ts'
import { useCan } from '../../../shell/use-session.ts'
import { Button, Text, Title } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { TypedNameDialog } from './typed-name-dialog.tsx'

const DEEDS = { suspend: suspendOrganization, delete: deleteOrganization } as const
type Deed = keyof typeof DEEDS

/** What ends the organization for everybody, for now or for good. */
export function DangerZone({ settings }: { settings: OrganizationSettings }) {
  const may = { suspend: useCan('organization.suspend').allowed, delete: useCan('organization.delete').allowed }
  const deeds = (['suspend', 'delete'] as const).filter((deed) => may[deed])
  const [asked, setAsked] = useState<Deed | null>(null)
  if (deeds.length === 0) return null
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.dangerTitle}
      </Title>
      <ul className={classes.danger}>
        {deeds.map((deed) => (
          <li key={deed} className={classes.dangerRow}>
            <div className={classes.dangerText}>
              <Text fw={500}>{messages[deed].title}</Text>
              <Text c="dimmed">{messages[deed].text}</Text>
            </div>
            <Button color="red" variant="outline" onClick={() => setAsked(deed)}>
              {messages[deed].button}
            </Button>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <TypedNameDialog
          name={settings.name}
          words={messages[asked]}
          act={DEEDS[asked]}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}
