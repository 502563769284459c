import type { PersonSummary } from '@graticule/contract'

/** How many assets somebody owns that a receiver would get. */
export function countOwned(person: PersonSummary): number {
  const { mapCount = 0, connectionCount = 0, workflowCount = 0, applicationCount = 0, projectCount = 0 } = person
  return mapCount + connectionCount + workflowCount + applicationCount + projectCount + (person.tokenCount ?? 0)
}
