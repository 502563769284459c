import type { Container, MapAsset, ProjectAsset, WorkflowAsset } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import type { Placing } from '../governance/governance-rules.ts'
import type { ContainedKinds } from './contained-assets.ts'
import type { ProjectStore } from './project-store.ts'

/** The folders around what is put into this one; null: to the top. */
export function foldersOf(to: ProjectAsset | null): readonly Container[] {
  return to === null ? [] : [to, ...to.containers]
}

/** A map, a workflow or a folder itself that goes into another folder. */
export function placingOf(asset: MapAsset | WorkflowAsset | ProjectAsset, to: ProjectAsset | null): Placing {
  const { kind, ownerId, audience, containers } = asset
  return { kind, ownerId, audience, from: containers, to: foldersOf(to) }
}

/** All that is inside of a folder, when the folders around each of it become others. */
export async function listPlacingsInside(
  { projects, contained, store }: { projects: ProjectStore; contained: ContainedKinds; store: Store },
  folderId: string,
  change: (containers: readonly Container[]) => readonly Container[],
): Promise<Placing[]> {
  const contents = await projects.listContents(store, folderId)
  const placings: Placing[] = []
  for (const kind of ['map', 'workflow'] as const) {
    const ids = contents.filter((item) => item.kind === kind).map(({ id }) => id)
    for (const { asset } of await contained[kind].listShareable(ids, store)) {
      if (!('containers' in asset)) continue
      const { ownerId, audience, containers } = asset
      placings.push({ kind, ownerId, audience, from: containers, to: change(containers) })
    }
  }
  return placings
}
