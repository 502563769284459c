import type { RunningServer } from './server-process.ts'

/** Makes the organization Corp and its first admin, Ada, with the set-up link that a server without a demo has printed. */
export async function setUpOrganization(
  server: RunningServer,
  admin: { readonly email: string; readonly password: string },
): Promise<void> {
  const token = /\/setup\?token=([\w-]+)/.exec(server.output())?.[1]
  const answer = await fetch(`${server.baseUrl}/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, organizationName: 'Corp', name: 'Ada', ...admin }),
  })
  if (!answer.ok) throw new Error(`The set-up answered ${answer.status}: ${await answer.text()}`)
}
