import { ROLES } from '@graticule/contract'
import { ACTIONS, type Action, authorize, can, type MapAsset, type UserPrincipal } from '@graticule/policy'
import fastify from 'fastify'
import { HttpClient } from './http-client.ts'
import type { Section } from './report.ts'
import { median } from './statistics.ts'

/** Generous: few people are in as many groups, and few maps are shared with as many. */
const GROUPS_OF_A_PERSON = 20
const GRANTS_OF_A_MAP = 50
const SAMPLES = 2_000
/** Of each kind of request, one after the other. */
const REQUESTS = 4_000
const GOAL_MS = 0.2

/**
 * What deciding costs a request: by itself, as it is synchronous and needs nothing beyond the principal and the asset,
 * which the request has anyway; and as the difference of two requests over HTTP that are alike but for the decision.
 */
export async function measureDecisions(): Promise<Section> {
  const medianMs = median(takeSamples())
  const { withMs, withoutMs, addedMs } = await compareRequests()
  return {
    title: 'An authorization decision',
    findings: [
      {
        what: `a person in ${GROUPS_OF_A_PERSON} groups, a map with ${GRANTS_OF_A_MAP} groups and ${GRANTS_OF_A_MAP} people in its audience`,
        measured: `${(medianMs * 1_000).toFixed(2)} µs : no decision = +${medianMs.toFixed(4)} ms`,
        goal: `< ${GOAL_MS} ms median`,
        reached: medianMs < GOAL_MS,
      },
      {
        what: 'a request over HTTP that needs the right to open such a map, and the same without',
        measured: `${withMs.toFixed(3)} ms : ${withoutMs.toFixed(3)} ms = ${addedMs < 0 ? '−' : '+'}${Math.abs(addedMs).toFixed(4)} ms`,
        goal: `< ${GOAL_MS} ms median`,
        reached: addedMs < GOAL_MS,
      },
    ],
    notes: [
      `Median of ${SAMPLES} samples, each the mean over every role × every action on maps × a map that names a group of the person's, one that names nobody of them, and their own; what names nobody is gone through to its end.`,
      `The requests go to two routes of one bare Fastify on this machine, with one handler, by turns, ${REQUESTS} pairs in which each goes first as often; the one route authorizes before its handler, as the services do, the other lets everybody in. What is added is the median of the differences of the pairs; the session, the store and the rest of the server are in neither, so it is the decision's share and not the time of a request.`,
    ],
  }
}

/** Milliseconds of requests that differ in the decision alone, and what it adds, all as medians. */
async function compareRequests(): Promise<{ withMs: number; withoutMs: number; addedMs: number }> {
  const person = personOf('viewer')
  const map = mapFor(['of the person 7'])
  const app = fastify()
  const answer = async () => ({ ok: true })
  app.get('/with-right', { onRequest: async () => authorize(person, 'map.read', map) }, answer)
  // A hook that does nothing stands before the other, so that only what is decided differs.
  app.get('/without-right', { onRequest: async () => undefined }, answer)
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new HttpClient()
  const timeOf = async (path: string): Promise<number> => {
    const start = performance.now()
    const { status } = await client.get(`${origin}${path}`)
    if (status !== 200) throw new Error(`${path} answered ${status}`)
    return performance.now() - start
  }
  try {
    const pairs: { decided: number; open: number }[] = []
    for (let round = 0; round < REQUESTS * 1.1; round++) {
      const isFirst = round % 2 === 0
      const before = isFirst ? null : await timeOf('/without-right')
      const decided = await timeOf('/with-right')
      const open = before ?? (await timeOf('/without-right'))
      if (round >= REQUESTS * 0.1) pairs.push({ decided, open })
    }
    return {
      withMs: median(pairs.map(({ decided }) => decided)),
      withoutMs: median(pairs.map(({ open }) => open)),
      addedMs: median(pairs.map(({ decided, open }) => decided - open)),
    }
  } finally {
    client.close()
    await app.close()
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
