import type { UserSummary } from '@graticule/contract'
import type { SourceChange } from '../connections/source-access.ts'

type People = readonly { readonly person: UserSummary }[]

/** What would let somebody read a source, one sentence for each single change; the connection is named if it may be. */
export function describeSourceChanges(
  changes: readonly SourceChange[],
  connection: string | null,
  people: People,
): string[] {
  const subject = connection === null ? 'the connection' : `the connection "${connection}"`
  return changes.map((change) => describeChange(change, subject, people))
}

function describeChange(change: SourceChange, subject: string, people: People): string {
  switch (change.change) {
    case 'role':
      return `If their role were ${change.to}.`
    case 'share-with-reader':
      return `If ${subject} were shared with them by name.`
    case 'share-with-lender': {
      const owner = people.find(({ person }) => person.id === change.owner)?.person.name ?? 'the owner'
      return `If ${subject} were shared with ${owner}, whose map reads this source.`
    }
    case 'draw':
      return change.mustLend
        ? `If a map that they may open read this source, and its owner may use ${subject}.`
        : 'If a map that they may open read this source.'
  }
}
