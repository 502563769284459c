import type { FastifyInstance } from 'fastify'

/** Lets the routes of a scope take bodies as HTML forms send them; of a name that occurs twice the last value counts. */
export function acceptForms(scope: FastifyInstance): void {
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
}
