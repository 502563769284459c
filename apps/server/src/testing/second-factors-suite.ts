import type { FactorAdded, OutboxAnswer, Role, SecondStep, TotpEnrolment } from '@graticule/contract'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hashPassword } from '../features/auth/password-hash.ts'
import type { TestApp } from './create-test-app.ts'
import { type Misbehaviour, SoftwareAuthenticator } from './software-authenticator.ts'

const PASSWORD = 'correct horse battery'

/** What holds of second factors on every engine that may keep them. */
export function describeSecondFactors(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
    await testApp.store
      .updateTable('users')
      .set({ password_hash: await hashPassword(PASSWORD) })
      .execute()
  })
  beforeEach(async () => {
    // Past every window in which attempts are counted.
    testApp.clock.advance(16 * 60_000)
    await testApp.store.deleteFrom('totp_factors').execute()
    await testApp.store.deleteFrom('passkeys').execute()
    await testApp.store.deleteFrom('recovery_codes').execute()
    await testApp.store.updateTable('organizations').set({ second_factor_required: false }).execute()
  })
  afterAll(() => testApp.close())

  const byPassword = { kind: 'password', password: PASSWORD }
  const codeOf = (secret: string, offsetMs = 0) =>
    new TOTP({ secret }).generate({ timestamp: testApp.clock.now().getTime() + offsetMs })
  const nextPeriod = () => testApp.clock.advance(30_000)
  const send = (url: string, payload?: object, cookie = '') =>
    testApp.request({
      method: 'POST',
      url,
      ...(payload && { payload }),
      headers: { 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) },
    })
  const post = (as: Role, url: string, payload?: object) =>
    testApp.request({ method: 'POST', url, as, ...(payload && { payload }) })
  const read = async (as: Role) => (await testApp.request({ url: '/auth/second-factors', as })).json()
  const passwordStep = (role: Role) => send('/auth/sign-in', { email: testApp.users[role].email, password: PASSWORD })
  const cookieIn = (answer: { headers: Record<string, unknown> }, name: string) =>
    [answer.headers['set-cookie'] ?? []]
      .flat()
      .map((text) => String(text).split(';', 1)[0] ?? '')
      .find((text) => text.startsWith(`${name}=`) && !text.endsWith('=')) ?? ''
  const halfIn = async (role: Role) => {
    const answer = await passwordStep(role)
    expect(answer.statusCode, answer.body).toBe(202)
    return cookieIn(answer, 'graticule_second_step')
  }
  const prove = (cookie: string, proof: object) => send('/auth/second-step', { proof }, cookie)
  const statusOf = async (cookie: string) =>
    (await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode
  const enrol = async (role: Role) => {
    const begun = await post(role, '/auth/totp', { proof: byPassword })
    expect(begun.statusCode, begun.body).toBe(200)
    const { secret } = begun.json<TotpEnrolment>()
    const done = await post(role, '/auth/totp/confirm', { code: codeOf(secret) })
    expect(done.statusCode, done.body).toBe(200)
    nextPeriod()
    return { secret, codes: done.json<FactorAdded>().recoveryCodes ?? [] }
  }
  const eventsOf = async (type: string) =>
    testApp.store
      .selectFrom('activity')
      .select(['actor_id', 'asset_id', 'details'])
      .where('type', '=', type)
      .orderBy('seq')
      .execute()
  const requireFactor = (isRequired: boolean) =>
    testApp.request({
      method: 'PATCH',
      url: '/workspace-api/organization',
      as: 'admin',
      payload: { secondFactorRequired: isRequired },
    })

  test('an authenticator app counts once a code of it confirms it; its secret is sealed and its codes are digests', async () => {
    expect(await read('editor')).toEqual({
      canEnrol: true,
      isRequired: false,
      totp: null,
      passkeys: [],
      recoveryCodesLeft: 0,
    })
    const begun = (await post('editor', '/auth/totp', { proof: byPassword })).json<TotpEnrolment>()
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Graticule.*editor%40example\.org\?.*secret=/)
    expect((await passwordStep('editor')).statusCode).toBe(200)
    const wrong = await post('editor', '/auth/totp/confirm', { code: codeOf(begun.secret, 10 * 60_000) })
    expect(wrong.statusCode).toBe(400)
    expect(wrong.json().error).toMatch(/^This code is wrong/)
    const done = await post('editor', '/auth/totp/confirm', { code: codeOf(begun.secret) })
    const { recoveryCodes } = done.json<FactorAdded>()
    expect(recoveryCodes).toHaveLength(10)
    expect(await read('editor')).toMatchObject({
      totp: { addedAt: testApp.clock.now().toISOString() },
      recoveryCodesLeft: 10,
    })
    const stored = JSON.stringify([
      await testApp.store.selectFrom('totp_factors').selectAll().execute(),
      await testApp.store.selectFrom('recovery_codes').selectAll().execute(),
    ])
    for (const secret of [begun.secret, ...(recoveryCodes ?? [])]) expect(stored).not.toContain(secret)
    expect((await post('editor', '/auth/totp', { proof: byPassword })).statusCode).toBe(409)
    expect((await passwordStep('editor')).statusCode).toBe(202)
  })

  test('setting one up, removing it and new recovery codes ask for the password or a factor anew', async () => {
    const wrong = { kind: 'password', password: 'a stolen session does not know it' }
    const refused = await post('viewer', '/auth/totp', { proof: wrong })
    expect([refused.statusCode, refused.json().error]).toEqual([400, 'The password is wrong.'])
    const { secret, codes } = await enrol('viewer')
    for (const url of ['/auth/totp/remove', '/auth/recovery-codes']) {
      expect((await post('viewer', url, { proof: wrong })).statusCode, url).toBe(400)
    }
    const renewed = await post('viewer', '/auth/recovery-codes', { proof: { kind: 'totp', code: codeOf(secret) } })
    const fresh = renewed.json<{ recoveryCodes: string[] }>().recoveryCodes
    const old = await post('viewer', '/auth/totp/remove', { proof: { kind: 'recovery-code', code: codes[0] } })
    expect([old.statusCode, old.json().error]).toEqual([400, 'This recovery code is wrong, or was used already.'])
    const removed = await post('viewer', '/auth/totp/remove', { proof: { kind: 'recovery-code', code: fresh[0] } })
    expect(removed.statusCode, removed.body).toBe(204)
    expect(await read('viewer')).toMatchObject({ totp: null, passkeys: [], recoveryCodesLeft: 0 })
    expect((await passwordStep('viewer')).statusCode).toBe(200)
  })

  test('half signed in one can do nothing but the second step, for ten minutes', async () => {
    const { secret } = await enrol('editor')
    const answer = await passwordStep('editor')
    expect(answer.json<SecondStep>()).toMatchObject({
      secondStep: 'prove',
      methods: ['totp', 'recovery-code'],
      email: 'editor@example.org',
    })
    expect(cookieIn(answer, 'graticule_session')).toBe('')
    const half = cookieIn(answer, 'graticule_second_step')
    const token = half.split('=')[1] ?? ''
    const asSession = `graticule_session=${token}`
    for (const cookie of [half, asSession]) {
      for (const url of ['/auth/session', '/auth/sessions', '/auth/second-factors', '/workspace-api/maps']) {
        expect((await testApp.request({ url, headers: { cookie } })).statusCode, url).toBe(401)
      }
    }
    const bearer = await testApp.request({ url: '/v3/maps', headers: { authorization: `Bearer ${token}` } })
    expect([401, 404]).toContain(bearer.statusCode)
    // Somebody who has a factor cannot set up another one before they proved it.
    expect((await send('/auth/second-step/totp', undefined, half)).statusCode).toBe(409)
    expect((await testApp.request({ url: '/auth/second-step', headers: { cookie: half } })).statusCode).toBe(200)
    testApp.clock.advance(10 * 60_000)
    const late = await prove(half, { kind: 'totp', code: codeOf(secret) })
    expect([late.statusCode, late.json().error]).toEqual([
      401,
      'This sign-in is not, or no longer, under way: it lasts ten minutes; start again.',
    ])
  })

  test('a code signs in once: not again in its period, and none of an earlier one', async () => {
    const { secret } = await enrol('editor')
    const code = codeOf(secret)
    const before = codeOf(secret, -30_000)
    const first = await prove(await halfIn('editor'), { kind: 'totp', code })
    expect(first.statusCode, first.body).toBe(200)
    expect(await statusOf(cookieIn(first, 'graticule_session'))).toBe(200)
    expect((await prove(await halfIn('editor'), { kind: 'totp', code })).statusCode).toBe(401)
    expect((await prove(await halfIn('editor'), { kind: 'totp', code: before })).statusCode).toBe(401)
    nextPeriod()
    expect((await prove(await halfIn('editor'), { kind: 'totp', code: codeOf(secret) })).statusCode).toBe(200)
    const [created] = (await eventsOf('session.created')).slice(-1)
    expect(created?.details).toMatchObject({ method: 'password', secondFactor: 'totp' })
  })

  test('of one code, one recovery code or one half sign-in used twice at once, one gets in', async () => {
    const { secret, codes } = await enrol('editor')
    const race = async (proofs: readonly object[], cookies: readonly string[]) =>
      (await Promise.all(proofs.map((proof, index) => prove(cookies[index] ?? '', proof))))
        .map((answer) => answer.statusCode)
        .sort()
    const two = async () => [await halfIn('editor'), await halfIn('editor')]
    const totp = { kind: 'totp', code: codeOf(secret) }
    expect(await race([totp, totp], await two())).toEqual([200, 401])
    const recovery = { kind: 'recovery-code', code: codes[0]?.toUpperCase().replace('-', ' ') }
    expect(await race([recovery, recovery], await two())).toEqual([200, 401])
    const half = await halfIn('editor')
    const others = [codes[1], codes[2]].map((code) => ({ kind: 'recovery-code', code }))
    expect(await race(others, [half, half])).toEqual([200, 401])
  })

  test('five wrong codes close the way for a quarter of an hour, on every server and for right codes too', async () => {
    const { secret } = await enrol('guest')
    const other = await testApp.buildServer('second-server')
    const half = await halfIn('guest')
    const proveThere = (code: string) =>
      other.app.inject({
        method: 'POST',
        url: '/auth/second-step',
        payload: { proof: { kind: 'totp', code } },
        headers: { host: 'localhost', cookie: half },
      })
    const wrong = codeOf(secret, 60 * 60_000)
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await prove(half, { kind: 'totp', code: wrong })).statusCode).toBe(401)
    }
    for (let attempt = 0; attempt < 2; attempt++) expect((await proveThere(wrong)).statusCode).toBe(401)
    const closed = await prove(await halfIn('guest'), { kind: 'totp', code: codeOf(secret) })
    expect([closed.statusCode, closed.json().error]).toEqual([429, 'Too many wrong attempts; try again in 15 minutes.'])
    expect((await proveThere(codeOf(secret))).statusCode).toBe(429)
    await testApp.activity.flush()
    const [refusal] = (await eventsOf('session.refused')).slice(-1)
    expect(refusal?.details).toMatchObject({ reason: 'wrong_second_factor' })
    testApp.clock.advance(15 * 60_000)
    expect((await prove(await halfIn('guest'), { kind: 'totp', code: codeOf(secret) })).statusCode).toBe(200)
  })

  test('where everybody needs one, who has none sets it up before anything else', async () => {
    expect((await testApp.request({ url: '/workspace-api/organization', as: 'admin' })).json()).toMatchObject({
      secondFactorRequired: false,
    })
    expect((await requireFactor(true)).json()).toMatchObject({ secondFactorRequired: true })
    expect(await read('editor')).toMatchObject({ isRequired: true, totp: null })
    const answer = await passwordStep('editor')
    expect(answer.json<SecondStep>()).toMatchObject({ secondStep: 'enrol', methods: [] })
    const half = cookieIn(answer, 'graticule_second_step')
    expect((await prove(half, { kind: 'totp', code: '000000' })).statusCode).toBe(401)
    const { secret } = (await send('/auth/second-step/totp', undefined, half)).json<TotpEnrolment>()
    const done = await send('/auth/second-step/totp/confirm', { code: codeOf(secret) }, half)
    expect(done.statusCode, done.body).toBe(200)
    expect(done.json()).toMatchObject({ session: { user: { email: 'editor@example.org' } } })
    expect(done.json().recoveryCodes).toHaveLength(10)
    expect(await statusOf(cookieIn(done, 'graticule_session'))).toBe(200)
    const kept = await post('editor', '/auth/totp/remove', { proof: byPassword })
    expect([kept.statusCode, kept.json().error]).toEqual([
      409,
      'Your organization asks for a second factor; add another one before you remove this.',
    ])
    expect(await read('editor')).toMatchObject({ recoveryCodesLeft: 10, totp: { addedAt: expect.any(String) } })
  })

  test('of two who set up the first factor of one person at once, one succeeds', async () => {
    await requireFactor(true)
    const halves = [await halfIn('viewer'), await halfIn('viewer')]
    await send('/auth/second-step/totp', undefined, halves[0])
    const { secret } = (await send('/auth/second-step/totp', undefined, halves[1])).json<TotpEnrolment>()
    const answers = await Promise.all(
      halves.map((half) => send('/auth/second-step/totp/confirm', { code: codeOf(secret) }, half)),
    )
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
  })

  test('whoever has no password here sets none up', async () => {
    await testApp.store.updateTable('users').set({ password_hash: null }).where('role', '=', 'guest').execute()
    expect(await read('guest')).toMatchObject({ canEnrol: false })
    expect((await post('guest', '/auth/totp', { proof: byPassword })).statusCode).toBe(400)
    expect((await post('guest', '/auth/totp/confirm', { code: '123456' })).statusCode).toBe(409)
    await testApp.store
      .updateTable('users')
      .set({ password_hash: await hashPassword(PASSWORD) })
      .where('role', '=', 'guest')
      .execute()
  })

  const optionsFor = async (role: Role) => {
    const answer = await post(role, '/auth/passkeys/options', { proof: byPassword })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }
  const addPasskey = async (role: Role, name: string) => {
    const authenticator = new SoftwareAuthenticator('http://localhost')
    const answer = await post(role, '/auth/passkeys', { name, response: authenticator.create(await optionsFor(role)) })
    expect(answer.statusCode, answer.body).toBe(201)
    return { authenticator, codes: answer.json<FactorAdded>().recoveryCodes }
  }
  const signInWith = async (authenticator: SoftwareAuthenticator, role: Role, wrong: Misbehaviour = {}) => {
    const options = (await send('/auth/sign-in/passkey/options')).json()
    const response = authenticator.use(options, testApp.users[role].id, wrong)
    return { response, answer: await send('/auth/sign-in/passkey', { response }) }
  }

  test('passkeys are made by name, several of them, renamed, and removed after a fresh proof', async () => {
    const options = await optionsFor('editor')
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Graticule' },
      user: { name: 'editor@example.org' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const first = await addPasskey('editor', ' Laptop ')
    expect(first.codes).toHaveLength(10)
    const second = await addPasskey('editor', 'Key on the ring')
    expect(second.codes).toBeNull()
    const { excludeCredentials } = await optionsFor('editor')
    expect(excludeCredentials.map(({ id }: { id: string }) => id).sort()).toEqual(
      [first, second].map(({ authenticator }) => authenticator.credentialId).sort(),
    )
    const rename = (as: Role, id: string) =>
      testApp.request({ method: 'PATCH', url: `/auth/passkeys/${id}`, as, payload: { name: 'Old laptop' } })
    expect((await rename('viewer', first.authenticator.credentialId)).statusCode).toBe(404)
    expect((await rename('editor', first.authenticator.credentialId)).statusCode).toBe(204)
    const listed = (await read('editor')).passkeys
    expect(listed.map(({ name }: { name: string }) => name).sort()).toEqual(['Key on the ring', 'Old laptop'])
    const remove = (as: Role, id: string, proof: object) => post(as, `/auth/passkeys/${id}/remove`, { proof })
    const { credentialId } = first.authenticator
    expect((await remove('editor', credentialId, { kind: 'password', password: 'wrong' })).statusCode).toBe(400)
    expect((await remove('viewer', credentialId, byPassword)).statusCode).toBe(404)
    expect((await remove('editor', credentialId, byPassword)).statusCode).toBe(204)
    expect((await signInWith(first.authenticator, 'editor')).answer.statusCode).toBe(401)
    // The other one proves itself, for its own end.
    const proofOptions = (await post('editor', '/auth/passkeys/proof-options')).json()
    const response = second.authenticator.use(proofOptions, testApp.users.editor.id)
    const last = await remove('editor', second.authenticator.credentialId, { kind: 'passkey', response })
    expect(last.statusCode, last.body).toBe(204)
    expect(await read('editor')).toMatchObject({ passkeys: [], recoveryCodesLeft: 0 })
  })

  test('a passkey signs in by itself, once with each answer', async () => {
    const { authenticator } = await addPasskey('viewer', 'Phone')
    const { response, answer } = await signInWith(authenticator, 'viewer')
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json()).toMatchObject({ user: { email: 'viewer@example.org' } })
    expect(await statusOf(cookieIn(answer, 'graticule_session'))).toBe(200)
    expect((await read('viewer')).passkeys[0].lastUsedAt).toBe(testApp.clock.now().toISOString())
    const again = await send('/auth/sign-in/passkey', { response })
    expect([again.statusCode, again.json().error]).toEqual([
      401,
      'This passkey is not known here, or its answer came too late; try again.',
    ])
    const options = (await send('/auth/sign-in/passkey/options')).json()
    const late = authenticator.use(options, testApp.users.viewer.id)
    testApp.clock.advance(5 * 60_000)
    expect((await send('/auth/sign-in/passkey', { response: late })).statusCode).toBe(401)
  })

  test.each<[string, Misbehaviour]>([
    ['of another site', { origin: 'http://evil.example' }],
    ['for another host', { rpId: 'evil.example' }],
    ['of an authenticator that verified nobody', { isUserVerified: false }],
    ['with a challenge that is not ours', { challenge: 'bm90IG91cnM' }],
    ['with a forged signature', { isForged: true }],
    ['of somebody else', { userHandle: 'somebody-else' }],
  ])('an answer %s signs nobody in, and makes no passkey', async (_what, wrong) => {
    const { authenticator } = await addPasskey('editor', 'Laptop')
    expect((await signInWith(authenticator, 'editor', wrong)).answer.statusCode).toBe(401)
    expect((await signInWith(authenticator, 'editor')).answer.statusCode).toBe(200)
    // A signature or a person is no part of making one.
    if (wrong.isForged || wrong.userHandle) return
    const response = new SoftwareAuthenticator('http://localhost').create(await optionsFor('editor'), wrong)
    const refused = await post('editor', '/auth/passkeys', { name: 'Second', response })
    expect([refused.statusCode, refused.json().error]).toEqual([400, 'This passkey could not be checked; begin again.'])
  })

  test('a counter that does not grow is a copy at work, and lets nobody in', async () => {
    const { authenticator } = await addPasskey('editor', 'Laptop')
    expect((await signInWith(authenticator, 'editor', { counter: 7 })).answer.statusCode).toBe(200)
    expect((await signInWith(authenticator, 'editor', { counter: 7 })).answer.statusCode).toBe(401)
    expect((await signInWith(authenticator, 'editor', { counter: 3 })).answer.statusCode).toBe(401)
    expect((await signInWith(authenticator, 'editor', { counter: 8 })).answer.statusCode).toBe(200)
  })

  test('a passkey proves the second step, with a challenge for that person and that purpose alone', async () => {
    const { authenticator } = await addPasskey('editor', 'Laptop')
    const other = await addPasskey('guest', 'Phone')
    const half = await halfIn('editor')
    const optionsOf = async () => (await send('/auth/second-step/passkey-options', undefined, half)).json()
    const use = (from: SoftwareAuthenticator, options: unknown, id: string, wrong?: Misbehaviour) =>
      prove(half, { kind: 'passkey', response: from.use(options, id, wrong) })
    const { editor, guest } = testApp.users
    const first = await optionsOf()
    expect(first.allowCredentials).toMatchObject([{ id: authenticator.credentialId }])
    expect((await use(other.authenticator, first, guest.id)).statusCode).toBe(401)
    const forSignIn = (await send('/auth/sign-in/passkey/options')).json()
    expect((await use(authenticator, forSignIn, editor.id)).statusCode).toBe(401)
    // Neither does the challenge of a second step sign in by itself.
    const response = authenticator.use(await optionsOf(), editor.id)
    expect((await send('/auth/sign-in/passkey', { response })).statusCode).toBe(401)
    const done = await use(authenticator, await optionsOf(), editor.id, { isUserVerified: false })
    expect(done.statusCode, done.body).toBe(200)
    expect(done.json()).toMatchObject({ user: { email: 'editor@example.org' } })
  })

  test('where everybody needs a second factor a passkey is one, made on the way in', async () => {
    await requireFactor(true)
    const half = await halfIn('guest')
    const options = (await send('/auth/second-step/passkeys/options', undefined, half)).json()
    const authenticator = new SoftwareAuthenticator('http://localhost')
    const body = { name: 'Phone', response: authenticator.create(options) }
    const done = await send('/auth/second-step/passkeys', body, half)
    expect(done.statusCode, done.body).toBe(200)
    expect(done.json()).toMatchObject({ session: { user: { role: 'guest' } } })
    expect(done.json().recoveryCodes).toHaveLength(10)
    expect((await signInWith(authenticator, 'guest')).answer.statusCode).toBe(200)
  })

  test('passkeys belong to a host name: at an address without one none are made', async () => {
    const refused = await testApp.request({
      method: 'POST',
      url: '/auth/passkeys/options',
      as: 'editor',
      payload: { proof: byPassword },
      headers: { host: '127.0.0.1:8080' },
    })
    expect([refused.statusCode, refused.json().error]).toEqual([
      409,
      'Passkeys belong to a host name, and 127.0.0.1 is a number; open the workspace under its name (on this machine: localhost), or set PUBLIC_URL.',
    ])
  })

  // The last two end sessions that the tests before share.
  test('neither a one-time link nor a link to a new password leads around it', async () => {
    await enrol('viewer')
    const made = await post('admin', `/workspace-api/users/${testApp.users.viewer.id}/password-link`)
    const token = made.json<{ link: string }>().link.split('#')[1]
    const reset = await send('/auth/password/reset', { token, newPassword: PASSWORD })
    expect(reset.statusCode, reset.body).toBe(202)
    expect(cookieIn(reset, 'graticule_session')).toBe('')
    // A password that is changed ends what was half begun with the one before.
    const half = cookieIn(reset, 'graticule_second_step')
    const again = await post('admin', `/workspace-api/users/${testApp.users.viewer.id}/password-link`)
    const nextToken = again.json<{ link: string }>().link.split('#')[1]
    await send('/auth/password/reset', { token: nextToken, newPassword: PASSWORD })
    expect((await testApp.request({ url: '/auth/second-step', headers: { cookie: half } })).statusCode).toBe(401)
  })

  test('an admin resets it for others, which ends their sessions and is told them by mail', async () => {
    await enrol('editor')
    const cookie = await testApp.signIn('editor')
    const url = (role: Role) => `/workspace-api/users/${testApp.users[role].id}/second-factor-reset`
    const summary = async (role: Role) => {
      const list = await testApp.request({ url: '/workspace-api/users', as: 'admin' })
      return list.json().people.find((person: { role: Role }) => person.role === role)
    }
    expect(await summary('editor')).toMatchObject({
      hasSecondFactor: true,
      permissions: { resetSecondFactor: { allowed: true } },
    })
    expect((await post('editor', url('viewer'))).statusCode).toBe(403)
    expect((await post('admin', url('viewer'))).json().error).toBe('This person has no second factor.')
    expect((await post('admin', url('admin'))).json().error).toBe('Change your own second factors in your profile.')
    expect((await post('admin', '/workspace-api/users/nobody/second-factor-reset')).statusCode).toBe(404)
    expect((await post('admin', url('superadmin'))).json().details.rule).toBe('factor-reset.superadmin')
    expect((await post('admin', url('editor'))).statusCode).toBe(204)
    expect(await statusOf(cookie)).toBe(401)
    expect(await summary('editor')).toMatchObject({
      hasSecondFactor: false,
      permissions: { resetSecondFactor: { allowed: false } },
    })
    expect((await passwordStep('editor')).statusCode).toBe(200)
    const { mails } = (await testApp.request({ url: '/workspace-api/outbox', as: 'admin' })).json<OutboxAnswer>()
    expect(mails[0]).toMatchObject({
      to: 'editor@example.org',
      subject: 'Your second factor for Graticule was reset',
    })
    expect(await eventsOf('second-factor.reset')).toMatchObject([
      { actor_id: testApp.users.admin.id, asset_id: testApp.users.editor.id },
    ])
  })
}
