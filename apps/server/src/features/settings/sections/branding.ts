import { BRAND_COLORS, type BrandColor } from '@graticule/contract'
import type { CustomizationService } from '../../customization/customization-service.ts'
import { digestOfLogo } from '../../customization/logo.ts'
import type { Effect, SettingsSection } from '../section.ts'

const NAMES: Readonly<Record<BrandColor, string>> = {
  primaryColor: 'primary colour',
  secondaryColor: 'secondary colour',
  appBarColor: 'colour of the app bar',
}

/** The logo and the colours that everybody sees, also on public maps. */
export function brandingSection(customizations: CustomizationService): SettingsSection<'branding'> {
  return {
    name: 'branding',
    action: 'settings.manage',
    read: async (organizationId, transaction) => (await customizations.read(organizationId, transaction)).branding,
    fingerprint: ({ logo, ...colors }) => ({ ...colors, logo: logo === null ? null : digestOfLogo(logo) }),
    async plan(transaction, { organizationId, current, next }) {
      const effects: Effect[] = []
      const note = (sentence: string) => effects.push({ kind: 'change', name: null, sentence })
      if (current.logo !== (next.logo && digestOfLogo(next.logo))) {
        note(next.logo === null ? 'Everybody sees the mark of Graticule.' : 'Everybody sees another logo.')
      }
      for (const name of BRAND_COLORS) {
        if (current[name] === next[name]) continue
        note(next[name] === null ? `The ${NAMES[name]} is as it comes.` : `The ${NAMES[name]} is ${next[name]}.`)
      }
      return { effects, problems: await customizations.findBrandingProblems(transaction, organizationId, next) }
    },
    async apply(transaction, { next, ...change }) {
      await customizations.saveBranding(transaction, change, next)
      return null
    },
  }
}
