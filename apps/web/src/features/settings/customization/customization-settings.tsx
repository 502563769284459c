import type { SectionName, SettingsText } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { settingsQuery } from '../../../api/settings-document.ts'
import { QueryView, Skeleton, Stack } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { SettingsPlanDialog } from '../plan/settings-plan-dialog.tsx'
import { BasemapSection } from './basemap-section.tsx'
import { BrandingSection } from './branding-section.tsx'
import { MarkerSection } from './marker-section.tsx'
import { messages } from './messages.ts'
import { PaletteSection } from './palette-section.tsx'

/** What the organization makes its own. Every change is a document of one section, and is looked at before it is made. */
export function CustomizationSettings() {
  return (
    <ForAdmins action="settings.manage" title={messages.forbiddenTitle}>
      <CustomizationPage />
    </ForAdmins>
  )
}

/** A document of one section that somebody is about to apply. */
interface Draft {
  readonly section: SectionName
  readonly text: string
}

function CustomizationPage() {
  const query = useQuery(settingsQuery())
  const [draft, setDraft] = useState<Draft | null>(null)
  const plan = (section: SectionName) => (text: string) => setDraft({ section, text })
  return (
    <QueryView
      query={query}
      queryKey={settingsQuery().queryKey}
      awaiting={messages.awaiting}
      skeleton={<Skeleton height={480} maw={640} />}
    >
      {({ document, revisions }: SettingsText) => (
        <Stack gap="xl">
          {document.branding && (
            <BrandingSection key={revisions.branding} branding={document.branding} onPlan={plan('branding')} />
          )}
          <PaletteSection palettes={document.palettes ?? []} onPlan={plan('palettes')} />
          <BasemapSection basemaps={document.basemaps ?? []} onPlan={plan('basemaps')} />
          <MarkerSection markers={document.markers ?? []} onPlan={plan('markers')} />
          {draft && (
            <SettingsPlanDialog
              text={draft.text}
              base={revisions}
              onClose={() => setDraft(null)}
              // The page was told at its start from where it may load.
              onApplied={draft.section === 'basemaps' ? () => window.location.reload() : undefined}
            />
          )}
        </Stack>
      )}
    </QueryView>
  )
}
