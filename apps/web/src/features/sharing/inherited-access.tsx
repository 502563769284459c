import type { InheritedSharing, SharingDetail } from '@graticule/contract'
import { shareMessages as messages } from './messages.ts'

/** The projects around an asset that give it to anybody besides its owner. */
export function listGiving({ inherited, owner }: Pick<SharingDetail, 'inherited' | 'owner'>): InheritedSharing[] {
  return inherited.filter(
    (project) =>
      project.organization || project.groups.length > 0 || project.users.length > 0 || project.owner?.id !== owner?.id,
  )
}

/** Who has access through the projects that an asset is in, besides those whom it is shared with itself. */
export function InheritedAccess({ detail }: { detail: SharingDetail }) {
  return listGiving(detail).map((project) => (
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
