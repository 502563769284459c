import { createStore, type StoreApi } from 'zustand'
import type { PickedFeature } from '../../map/map-view.ts'

/** The feature under the pointer, kept apart from the page: it changes with every movement of the pointer. */
export type HoveredFeature = StoreApi<{ readonly feature: PickedFeature | null }>

/** Starts with nothing under the pointer. */
export function createHoveredFeature(): HoveredFeature {
  return createStore(() => ({ feature: null }))
}
