import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { requireRouteAccess } from './route-config.ts'

function declare(url: string, config: Record<string, unknown>) {
  const app = Fastify()
  requireRouteAccess(app)
  app.get(url, { config }, async () => 'ok')
  return app.declaredRoutes
}

test('a route that does not say who may call it keeps the server from starting', () => {
  expect(() => declare('/new', {})).toThrow('GET /new does not declare its access')
  expect(() => declare('/new', { access: 'session' })).toThrow('GET /new does not declare its access')
})

test('a new route for people that names neither an action nor a reason keeps the server from starting', () => {
  expect(() => declare('/new', { access: 'session', action: null })).toThrow('GET /new names no action')
  expect(() => declare('/new', { access: 'principal', action: null })).toThrow('GET /new names no action')
  expect(() => declare('/new', { access: 'session', action: null, decides: [] })).toThrow('GET /new names no action')
})

test('a route with an action, with those that its service decides by, or with a reason is let be, and one for visitors', () => {
  expect(declare('/new', { access: 'session', action: 'map.read' })).toMatchObject([
    { url: '/new' },
    { method: 'HEAD' },
  ])
  expect(declare('/new', { access: 'session', action: null, decides: ['map.read'] })[0]).toMatchObject({
    decides: ['map.read'],
  })
  expect(declare('/auth/session', { access: 'session', action: null })).toHaveLength(2)
  expect(declare('/new', { access: 'anonymous', action: null })).toHaveLength(2)
})
