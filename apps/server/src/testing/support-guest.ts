import type { Role, SupportEnableBody, SupportEnabled, TotpEnrolment } from '@graticule/contract'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { TOTP } from 'otpauth'
import { expect } from 'vitest'
import type { TestApp } from './create-test-app.ts'

/** Somebody who has come by a link of support access, and what they do from then on. */
export interface SupportGuest {
  readonly cookie: string
  /** The secret of the authenticator app that they set up. */
  readonly secret: string
  request(options: InjectOptions): Promise<LightMyRequestResponse>
}

export const SUPPORT_EMAIL = 'sid@vendor.example'

/** Asks to enable support access: as an admin for a day, for one person, unless said otherwise. */
export function askForSupport(
  testApp: TestApp,
  as: Role,
  changes: Partial<SupportEnableBody> = {},
): Promise<LightMyRequestResponse> {
  const payload = { days: 1, role: 'admin', reason: 'A map does not draw', emails: [SUPPORT_EMAIL], consent: true }
  return testApp.request({
    method: 'POST',
    url: '/workspace-api/support-access',
    as,
    payload: { ...payload, ...changes },
  })
}

/** As `askForSupport`, which must succeed. */
export async function enableSupport(
  testApp: TestApp,
  as: Role,
  changes: Partial<SupportEnableBody> = {},
): Promise<SupportEnabled> {
  const answer = await askForSupport(testApp, as, changes)
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json<SupportEnabled>()
}

export function sendAs(testApp: TestApp, cookie: string, options: InjectOptions): Promise<LightMyRequestResponse> {
  return testApp.request({ ...options, headers: { 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) } })
}

/** Opens the link; the answer, and the cookie of the second step where there is one. */
export async function openSupportLink(
  testApp: TestApp,
  link: string,
): Promise<{ readonly answer: LightMyRequestResponse; readonly cookie: string }> {
  const payload = { token: new URL(link).hash.slice(1) }
  const answer = await sendAs(testApp, '', { method: 'POST', url: '/auth/sign-in/link', payload })
  return { answer, cookie: cookieIn(answer, 'graticule_second_step') }
}

/** Opens the link and sets up an authenticator app. */
export async function enterBySupportLink(testApp: TestApp, link: string): Promise<SupportGuest> {
  const { answer, cookie: half } = await openSupportLink(testApp, link)
  expect(answer.statusCode, answer.body).toBe(202)
  const post = (url: string, payload?: object) =>
    sendAs(testApp, half, { method: 'POST', url, ...(payload && { payload }) })
  const { secret } = (await post('/auth/second-step/totp')).json<TotpEnrolment>()
  const code = new TOTP({ secret }).generate({ timestamp: testApp.clock.now().getTime() })
  const confirmed = await post('/auth/second-step/totp/confirm', { code })
  expect(confirmed.statusCode, confirmed.body).toBe(200)
  const cookie = cookieIn(confirmed, 'graticule_session')
  return { cookie, secret, request: (options) => sendAs(testApp, cookie, options) }
}

/** The cookie of that name which the answer sets; empty when it sets none. */
export function cookieIn({ headers }: LightMyRequestResponse, name: string): string {
  const cookies = [headers['set-cookie'] ?? []].flat().map((text) => text.split(';', 1)[0] ?? '')
  return cookies.find((text) => text.startsWith(`${name}=`) && !text.endsWith('=')) ?? ''
}
