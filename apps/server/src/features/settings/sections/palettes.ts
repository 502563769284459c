import type { CustomizationService } from '../../customization/customization-service.ts'
import { compareNamed, findTwice } from '../named-items.ts'
import type { SettingsSection } from '../section.ts'

/** The colours that Builder offers beside CARTOColors. Maps keep the colours that they were given. */
export function palettesSection(customizations: CustomizationService): SettingsSection<'palettes'> {
  return {
    name: 'palettes',
    action: 'settings.manage',
    read: async (organizationId, transaction) => [...(await customizations.read(organizationId, transaction)).palettes],
    async plan(_transaction, { current, next }) {
      const { added, removed, changed } = compareNamed(current, next, ({ name }) => name)
      return {
        effects: [
          ...added.map(({ name }) => ({ kind: 'gain' as const, name, sentence: 'Builder offers this palette.' })),
          ...removed.map(({ name }) => ({
            kind: 'loss' as const,
            name,
            sentence: 'Builder no longer offers this palette. Maps that use it keep their colours.',
          })),
          ...changed.map(({ name }) => ({
            kind: 'change' as const,
            name,
            sentence: 'The palette has other colours. Maps that use it keep the ones they have.',
          })),
        ],
        problems: findTwice(next.map(({ name }) => name)).map((name) => `Two palettes are called "${name}".`),
      }
    },
    async apply(transaction, { next, ...change }) {
      await customizations.savePalettes(transaction, change, next)
      return null
    },
  }
}
