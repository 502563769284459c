import type { ProjectSummary } from '@graticule/contract'

/** A folder with the names of those around it, from the outside in. */
export interface ProjectPlace {
  readonly project: ProjectSummary
  readonly path: readonly string[]
}

/** Every folder with its path, each below the one that it is in, by name. */
export function listPlaces(projects: readonly ProjectSummary[]): ProjectPlace[] {
  const inside = new Map<string | null, ProjectSummary[]>()
  for (const project of projects) inside.set(project.parentId, [...(inside.get(project.parentId) ?? []), project])
  const places: ProjectPlace[] = []
  const add = (parentId: string | null, path: readonly string[]): void => {
    for (const project of inside.get(parentId) ?? []) {
      places.push({ project, path })
      add(project.id, [...path, project.name])
    }
  }
  add(null, [])
  return places
}

/** How a place is told in one line. */
export function placeName({ project, path }: ProjectPlace): string {
  return [...path, project.name].join(' / ')
}

/** The folder and all inside of it. */
export function idsWithin(projects: readonly ProjectSummary[], id: string): ReadonlySet<string> {
  const found = new Set([id])
  // A folder comes after the one that it is in nowhere for sure, so it is looked for until nothing is added.
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const project of projects) if (project.parentId !== null && found.has(project.parentId)) found.add(project.id)
  }
  return found
}
