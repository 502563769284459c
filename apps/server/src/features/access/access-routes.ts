import {
  AccessDecision,
  AccessExplanation,
  ErrorBody,
  ExplainQuery,
  PeopleCountQuery,
  PeopleCounts,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { AccessService } from './access-service.ts'
import type { DecisionService } from './decision-service.ts'

/** Why people may or may not do things. */
export function registerAccessRoutes(app: App, access: AccessService, decisions: DecisionService): void {
  app.get(
    '/v3/access/explain',
    {
      config: { access: 'session', action: null, viewAs: 'open' },
      schema: {
        tags: ['Access'],
        summary: 'Why somebody may or may not do something, and what would change that',
        querystring: ExplainQuery,
        response: { 200: AccessExplanation, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return access.explain(requireUser(request), request.query)
    },
  )

  app.get(
    '/v3/access/decisions/:id',
    {
      config: { access: 'session', action: 'activity.read' },
      schema: {
        tags: ['Access'],
        summary: 'Who was refused what, by which rule and when; the id is in the answer that refused it',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        response: { 200: AccessDecision, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return decisions.find(requireUser(request), request.params.id)
    },
  )

  app.get(
    '/v3/access/people-counts',
    {
      config: { access: 'session', action: null, viewAs: 'open' },
      schema: {
        tags: ['Access'],
        summary: 'How many people have access to each asset of a list that one may open',
        querystring: PeopleCountQuery,
        response: { 200: PeopleCounts, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return access.countPeople(requireUser(request), request.query)
    },
  )
}
