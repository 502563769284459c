import type { CustomizationService } from '../../customization/customization-service.ts'
import { compareNamed, findTwice } from '../named-items.ts'
import type { Effect, SettingsSection } from '../section.ts'

/** The basemaps that Builder offers beside those that come with the server. */
export function basemapsSection(customizations: CustomizationService): SettingsSection<'basemaps'> {
  return {
    name: 'basemaps',
    action: 'settings.manage',
    read: async (organizationId, transaction) => [...(await customizations.read(organizationId, transaction)).basemaps],
    async plan(transaction, { organizationId, current, next }) {
      const { added, removed, changed } = compareNamed(current, next, ({ id }) => id)
      const ids = [...removed, ...changed].map(({ id }) => id)
      const maps = await customizations.listMapsOn(transaction, organizationId, ids)
      const removedIds = new Set(removed.map(({ id }) => id))
      const effects: Effect[] = [
        ...added.map(({ name }) => ({ kind: 'gain' as const, name, sentence: 'Builder offers this basemap.' })),
        ...removed.map(({ name }) => ({
          kind: 'loss' as const,
          name,
          sentence: 'Builder no longer offers this basemap.',
        })),
        ...changed.map(({ name }) => ({ kind: 'change' as const, name, sentence: 'The basemap is drawn otherwise.' })),
        ...maps.map(({ title, basemapId }) =>
          removedIds.has(basemapId)
            ? { kind: 'loss' as const, name: title, sentence: 'The map is drawn on the default basemap, with a note.' }
            : { kind: 'change' as const, name: title, sentence: 'The map is drawn on the changed basemap.' },
        ),
      ]
      return {
        effects,
        problems: [
          ...findTwice(next.map(({ id }) => id)).map((id) => `Two basemaps have the id "${id}".`),
          ...customizations.findBasemapProblems(next),
        ],
      }
    },
    async apply(transaction, { next, ...change }) {
      await customizations.saveBasemaps(transaction, change, next)
      return null
    },
  }
}
