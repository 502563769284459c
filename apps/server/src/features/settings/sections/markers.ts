import type { CustomizationService } from '../../customization/customization-service.ts'
import { digestOfMarker } from '../../customization/marker.ts'
import { compareNamed, findTwice } from '../named-items.ts'
import type { SettingsSection } from '../section.ts'

/** The markers that Builder offers for layers of points. Maps keep the pictures that they were given. */
export function markersSection(customizations: CustomizationService): SettingsSection<'markers'> {
  return {
    name: 'markers',
    action: 'settings.manage',
    read: async (organizationId, transaction) => [...(await customizations.read(organizationId, transaction)).markers],
    fingerprint: (markers) => markers.map(({ name, image }) => ({ name, image: digestOfMarker(image) })),
    async plan(transaction, { organizationId, current, next }) {
      const named = next.map(({ name, image }) => ({ name, image: digestOfMarker(image) }))
      const { added, removed, changed } = compareNamed(current, named, ({ name }) => name)
      return {
        effects: [
          ...added.map(({ name }) => ({ kind: 'gain' as const, name, sentence: 'Builder offers this marker.' })),
          ...removed.map(({ name }) => ({
            kind: 'loss' as const,
            name,
            sentence: 'Builder no longer offers this marker. Maps that are drawn with it keep its picture.',
          })),
          ...changed.map(({ name }) => ({
            kind: 'change' as const,
            name,
            sentence: 'The marker has another picture. Maps that are drawn with it keep the one they have.',
          })),
        ],
        problems: [
          ...findTwice(next.map(({ name }) => name)).map((name) => `Two markers are called "${name}".`),
          ...(await customizations.findMarkerProblems(transaction, organizationId, next)),
        ],
      }
    },
    async apply(transaction, { next, ...change }) {
      await customizations.saveMarkers(transaction, change, next)
      return null
    },
  }
}
