import { ROLES } from '@graticule/contract'
import { ACTIONS, type Action, can, type MapAsset, type UserPrincipal } from '@graticule/policy'
import type { Section } from './report.ts'
import { median } from './statistics.ts'

/** Generous: few people are in as many groups, and few maps are shared with as many. */
const GROUPS_OF_A_PERSON = 20
const GRANTS_OF_A_MAP = 50
const SAMPLES = 2_000
const GOAL_MS = 0.2

/**
 * What deciding costs a request. The decision is synchronous and needs nothing beyond the principal and the asset, which
 * the request has anyway, so its own time is all that it adds.
 */
export async function measureDecisions(): Promise<Section> {
  const medianMs = median(takeSamples())
  return {
    title: 'An authorization decision',
    findings: [
      {
        what: `a person in ${GROUPS_OF_A_PERSON} groups, a map with ${GRANTS_OF_A_MAP} groups and ${GRANTS_OF_A_MAP} people in its audience`,
        measured: `${(medianMs * 1_000).toFixed(2)} µs : no decision = +${medianMs.toFixed(4)} ms`,
        goal: `< ${GOAL_MS} ms median`,
        reached: medianMs < GOAL_MS,
      },
    ],
    notes: [
      `Median of ${SAMPLES} samples, each the mean over every role × every action on maps × a map that names a group of the person's, one that names nobody of them, and their own; what names nobody is gone through to its end.`,
    ],
  }
}

/** Milliseconds of one decision, of each sample; the first tenth warms up and is left out. */
function takeSamples(): number[] {
  const actions = (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].kind === 'map')
  const people = ROLES.map((role) => personOf(role))
  const maps = [mapFor([]), mapFor(['of the person 7']), { ...mapFor([]), ownerId: 'person' }]
  const questions = people.flatMap((person) =>
    actions.flatMap((action) => maps.map((map) => ({ person, action, map }))),
  )
  const samples: number[] = []
  let allowed = 0
  for (let sample = 0; sample < SAMPLES * 1.1; sample++) {
    const start = performance.now()
    for (const { person, action, map } of questions) if (can(person, action, map).allowed) allowed += 1
    if (sample >= SAMPLES * 0.1) samples.push((performance.now() - start) / questions.length)
  }
  if (allowed === 0) throw new Error('Nothing was allowed, so nothing of worth was measured.')
  return samples
}

function personOf(role: UserPrincipal['role']): UserPrincipal {
  const groupIds = Array.from({ length: GROUPS_OF_A_PERSON }, (_, index) => `of the person ${index}`)
  return { kind: 'user', userId: 'person', organizationId: 'ac_bench', role, sessionId: 'session', groupIds }
}

const PLAIN_MAP = { isListed: true, isLocked: false, isCollaborative: false } as const

function mapFor(groupIds: readonly string[]): MapAsset {
  const others = (word: string) => Array.from({ length: GRANTS_OF_A_MAP }, (_, index) => `other ${word} ${index}`)
  const audience = {
    organization: false,
    public: false,
    groupIds: [...others('group'), ...groupIds],
    userIds: others('person'),
  }
  const facts = { id: 'map', organizationId: 'ac_bench', ownerId: 'colleague', audience, containers: [] }
  return { kind: 'map', ...facts, ...PLAIN_MAP }
}
