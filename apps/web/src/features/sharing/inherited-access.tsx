import type { InheritedSharing } from '@graticule/contract'
import { shareMessages as messages } from './messages.ts'

/** Who has access through the projects that an asset is in, besides those whom it is shared with itself. */
export function InheritedAccess({ inherited }: { inherited: readonly InheritedSharing[] }) {
  return inherited.map((project) => (
    <p key={project.project.id}>{messages.inherited(project.project.name, namesOf(project))}</p>
  ))
}

function namesOf({ organization, groups, owner, users }: InheritedSharing): string {
  const names = [
    ...(organization ? [messages.wholeOrganization] : []),
    ...groups.map(({ name }) => messages.groupOf(name)),
    ...users.map(({ name }) => name),
    ...(owner ? [messages.projectOwner(owner.name)] : []),
  ]
  return new Intl.ListFormat('en').format(names)
}
