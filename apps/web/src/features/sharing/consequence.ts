import type { ShareableKind } from '@graticule/policy'
import type { AudienceChoice } from './audience-choice.ts'

/** The facts that the consequence of a choice depends on. */
export interface ShareFacts {
  readonly kind: ShareableKind
  readonly current: AudienceChoice
  readonly chosen: AudienceChoice
  readonly organizationName: string
  /** Of a map: what it draws from. */
  readonly connectionNames: readonly string[]
  /** Those among the connections that everybody reads with a database login of their own. */
  readonly ownLoginNames?: readonly string[]
  /** Those of the connections that everybody is let in at by a certificate or a token of their own. */
  readonly certifiedNames?: readonly string[]
  /** Whether a project that it is in gives it to others, whatever its own sharing. */
  readonly isInherited?: boolean
  /** Of a map: whether those may edit it who may open it and make maps. */
  readonly isCollaborative?: boolean
  /** Of a map: whether its public link asks for a password. */
  readonly hasPassword?: boolean
}

const USES: Readonly<Record<ShareableKind, string>> = {
  map: 'open this map',
  connection: 'use this connection',
  workflow: 'open this workflow',
  application: 'open this application',
  project: 'open this project, its subfolders and all maps and workflows inside',
}

/** Who changes an asset besides its owner. */
const EDITORS: Readonly<Record<ShareableKind, string>> = {
  map: 'only you can edit it',
  connection: 'only you can edit it',
  workflow: 'only you can edit it',
  application: 'its owner and admins can edit it',
  project: 'editors among them can put something of theirs into it',
}

/** What an audience means, or what changing it does, in whole sentences for the person who decides. */
export function describeConsequence(facts: ShareFacts): readonly string[] {
  const { kind, current, chosen, organizationName, connectionNames } = facts
  const sentences: string[] = []
  const use = USES[kind]
  const editors = facts.isCollaborative ? 'editors and admins among them can edit it' : EDITORS[kind]
  switch (chosen) {
    case 'private':
      if (facts.isInherited) {
        sentences.push('Nobody gets it but through the project that it is in.')
        break
      }
      sentences.push(kind === 'application' ? `Only its owner and admins can ${use}.` : `Only you can ${use}.`)
      break
    case 'organization':
      sentences.push(`Everyone in ${organizationName} except guests can ${use}; ${editors}.`)
      break
    case 'specific':
      sentences.push(`The people and groups you name can ${use}; ${editors}.`)
      break
    case 'public':
      sentences.push(
        facts.hasPassword
          ? 'Anyone on the internet who has the link and the password can open this map, without signing in.'
          : 'Anyone on the internet who has the link can open this map, without signing in.',
        'They can read the columns that its layers, pop-ups and widgets use.',
      )
      break
  }
  if (current === 'public' && chosen !== 'public') {
    sentences.push('The public link and every page that embeds the map stop working at once.')
  }
  const ownLoginNames = facts.ownLoginNames ?? []
  const certifiedNames = facts.certifiedNames ?? []
  const lent = connectionNames.filter((name) => !ownLoginNames.includes(name) && !certifiedNames.includes(name))
  if (kind === 'map' && chosen !== 'private' && lent.length > 0) {
    const names = lent.join(', ')
    sentences.push(`Data comes through the connection ${names} with the login stored in it, whoever looks at the map.`)
  }
  if (kind === 'map' && chosen !== 'private' && ownLoginNames.length > 0) {
    const names = ownLoginNames.join(', ')
    sentences.push(
      chosen === 'public'
        ? `Here everybody reads ${names} with a database login of their own; by the public link nobody needs one.`
        : `Whoever looks is asked for a database login of their own to ${names}, and sees what that login may read.`,
    )
  }
  if (kind === 'map' && chosen !== 'private' && certifiedNames.length > 0) {
    const names = certifiedNames.join(', ')
    sentences.push(
      chosen === 'public'
        ? `The public link shows nothing of the connection ${names}: everybody reads that as themselves.`
        : `Whoever looks is let in at ${names} as themselves, without a password, and sees what they may read there.`,
    )
  }
  if (kind === 'connection' && chosen !== 'private' && certifiedNames.length > 0) {
    sentences.push('Each of them is let in as themselves, without a password, once the database knows them.')
  } else if (kind === 'connection' && chosen !== 'private') {
    sentences.push(
      ownLoginNames.length > 0
        ? 'Each of them is asked for a database login of their own, and reads what that login may read.'
        : 'They read your warehouse with the login stored here: what that login may read, they may read.',
    )
  }
  return sentences
}

/** The HTML that embeds a map in another page. */
export function embedCode(embedUrl: string, title: string): string {
  const safeTitle = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<iframe src="${embedUrl}" title="${safeTitle}" width="800" height="600" style="border:0" loading="lazy" allowfullscreen></iframe>`
}
