import type { Privacy } from '@graticule/contract'

/** The facts that the consequence of a choice depends on. */
export interface ShareFacts {
  readonly current: Privacy
  readonly chosen: Privacy
  readonly organizationName: string
  readonly connectionNames: readonly string[]
}

/** What a privacy setting means, or what changing it does, in whole sentences for the person who decides. */
export function describeConsequence(facts: ShareFacts): readonly string[] {
  const { current, chosen, organizationName, connectionNames } = facts
  const sentences: string[] = []
  switch (chosen) {
    case 'private':
      sentences.push('Only you can open this map.')
      break
    case 'shared':
      sentences.push(`Everyone in ${organizationName} can open this map; only you can edit it.`)
      break
    case 'public':
      sentences.push(
        'Anyone on the internet who has the link can open this map, without signing in.',
        'They can read the columns that its layers, pop-ups and widgets use.',
      )
      break
  }
  if (current === 'public' && chosen !== 'public') {
    sentences.push('The public link and every page that embeds the map stop working at once.')
  }
  if (current === 'shared' && chosen === 'private') {
    sentences.push(`The other people in ${organizationName} lose access.`)
  }
  if (chosen !== 'private' && connectionNames.length > 0) {
    const names = connectionNames.join(', ')
    sentences.push(`Data comes through the connection ${names} with the login stored in it, whoever looks at the map.`)
  }
  return sentences
}

/** The HTML that embeds a map in another page. */
export function embedCode(embedUrl: string, title: string): string {
  const safeTitle = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<iframe src="${embedUrl}" title="${safeTitle}" width="800" height="600" style="border:0" loading="lazy" allowfullscreen></iframe>`
}
