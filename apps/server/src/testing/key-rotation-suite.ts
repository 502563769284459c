import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CheckpointKeys } from '../platform/activity/checkpoint-keys.ts'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import { KeyRing, keyIdOf } from '../platform/secrets/key-ring.ts'
import { type KeyRotationOptions, readKeyStatus, retireKeys, rotateKeys } from '../platform/secrets/key-rotation.ts'
import { openKeySource } from '../platform/secrets/key-sources/index.ts'
import type { KeySource } from '../platform/secrets/key-sources/key-source.ts'
import { createPublicMapToken } from '../platform/secrets/public-map-token.ts'
import { resealColumn } from '../platform/secrets/resealing.ts'
import { SEALED_COLUMNS, type SealedColumn } from '../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'
import { SIGNING_PURPOSES } from '../platform/secrets/signing-keys.ts'
import { openStoreKeys } from '../platform/secrets/store-key.ts'
import { insertConnectionRow } from './connection-rows.ts'
import type { TestApp } from './create-test-app.ts'

const OF_THE_APP = '00112233445566778899aabbccddeeff'.repeat(2)
const OTHER = 'ab'.repeat(32)

/** What holds of changes of the master key without a server beside, on every engine that may keep secrets. */
export function describeKeyRotation(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let home: string
  let source: KeySource
  let options: KeyRotationOptions
  const homes: string[] = []

  beforeEach(async () => {
    testApp = await createApp()
    home = await mkdtemp(join(tmpdir(), 'graticule-keys-'))
    homes.push(home)
    source = openKeySource(() => undefined, home)
    await source.editor?.addKey(true)
    options = { store: testApp.store, source, activity: testApp.activity, isAlone: true }
  })
  afterEach(() => testApp.close())
  afterAll(async () => {
    for (const folder of homes) await rm(folder, { recursive: true })
  })

  /** Keys in the environment, in this order. */
  const inEnvironment = (...keys: readonly string[]) =>
    openKeySource((name) => (name === 'GRATICULE_SECRET_KEY' ? keys.join(',') : undefined), home)
  const keyIdsOf = async (place: KeySource) => (await place.read()).map(keyIdOf)
  const boxOf = async () => (await openStoreKeys(testApp.store, source)).secretBox

  /** One value in every sealed column; answers how each is opened. */
  async function sealEverywhere(box: SecretBox): Promise<(readonly [SealedColumn, ...string[]])[]> {
    const { clock, organizationId, store, users } = testApp
    const now = clock.now()
    const connectionId = await insertConnectionRow(testApp, 'sealed')
    await store
      .updateTable('connections')
      .set({ secrets: box.seal('of connections', SEALED_COLUMNS.connectionSecrets.in(connectionId)) })
      .where('id', '=', connectionId)
      .execute()
    await store
      .insertInto('viewer_credentials')
      .values({
        connection_id: connectionId,
        user_id: users.viewer.id,
        id: createId(),
        login_name: 'viewer',
        secrets: box.seal('of viewers', SEALED_COLUMNS.viewerCredentials.in(connectionId, users.viewer.id)),
        place: '',
        state: 'valid',
        given_at: now,
      })
      .execute()
    const publishingId = createId()
    await store
      .insertInto('publishing_logins')
      .values({
        ...{ id: publishingId, connection_id: connectionId, name: 'public', credential_id: createId() },
        ...{ login_name: 'public', place: '', state: 'valid', posture: 'green', changed_at: now },
        secrets: box.seal('of public maps', SEALED_COLUMNS.publishingLogins.in(publishingId)),
      })
      .execute()
    const providerId = createId()
    await store
      .insertInto('identity_providers')
      .values({
        id: providerId,
        organization_id: organizationId,
        kind: 'oidc',
        name: 'provider',
        issuer: 'https://login.example.org',
        client_id: 'graticule',
        client_secret: box.seal('of providers', SEALED_COLUMNS.identityProviderSecret.in(providerId)),
        domains: toJson([]),
        token_places: toJson(['db.example.org:5432']),
        default_role: 'viewer',
        enabled: true,
        created_at: now,
        updated_at: now,
      })
      .execute()
    await testApp.signIn('viewer')
    const { id: sessionId } = await store.selectFrom('sessions').select('id').limit(1).executeTakeFirstOrThrow()
    await store
      .insertInto('external_sessions')
      .values({
        session_id: sessionId,
        provider_id: providerId,
        subject: 'viewer',
        id_token: box.seal('of sessions', SEALED_COLUMNS.idToken.in(sessionId)),
        refresh_token: box.seal('of longer sessions', SEALED_COLUMNS.refreshToken.in(sessionId)),
        refresh_client: JSON.stringify(['https://login.example.org', 'graticule']),
      })
      .execute()
    await store
      .insertInto('pending_logins')
      .values({
        state_hash: 'state',
        provider_id: providerId,
        browser_hash: 'browser',
        checks: box.seal('of checks', SEALED_COLUMNS.loginChecks.in('state')),
        answer: box.seal('of answers', SEALED_COLUMNS.loginAnswer.in('state')),
        target: '/',
        expires_at: now,
      })
      .execute()
    await store
      .insertInto('totp_factors')
      .values({
        user_id: users.viewer.id,
        secret: box.seal('of apps', SEALED_COLUMNS.totpSecret.in(users.viewer.id)),
        created_at: now,
      })
      .execute()
    await store
      .insertInto('idempotent_requests')
      .values({
        principal_id: `user:${users.viewer.id}`,
        key_hash: 'key',
        organization_id: organizationId,
        attempt_id: createId(),
        request_digest: 'digest',
        status: 201,
        sealed_answer: box.seal('of requests', SEALED_COLUMNS.idempotentAnswer.in(`user:${users.viewer.id}`, 'key')),
        created_at: now,
      })
      .execute()
    await store
      .insertInto('oauth_artifacts')
      .values({
        id_hash: 'artifact',
        model: 'Interaction',
        sealed_payload: box.seal('of applications', SEALED_COLUMNS.oauthArtifact.in('artifact')),
        created_at: now,
      })
      .execute()
    await store
      .insertInto('oauth_keys')
      .values({
        purpose: 'test',
        sealed_key: box.seal('of tokens', SEALED_COLUMNS.oauthKey.in('test')),
        created_at: now,
      })
      .execute()
    await store
      .insertInto('activity_data_jobs')
      .values({
        id: 'job',
        organization_id: organizationId,
        created_by: users.admin.id,
        start_day: '2026-01-01',
        end_day: '2026-01-02',
        categories: toJson(['activity']),
        format: 'csv',
        sealed_token: box.seal('of exports', SEALED_COLUMNS.activityDataToken.in('job')),
        created_at: now,
        expires_at: now,
        cancelled_at: null,
      })
      .execute()
    await store
      .insertInto('certificate_authorities')
      .values({
        organization_id: organizationId,
        id: 'authority',
        certificate: 'PEM',
        sealed_private_key: box.seal('of authorities', SEALED_COLUMNS.certificateAuthority.in('authority')),
        created_at: now,
      })
      .execute()
    const { keyId } = await new CheckpointKeys(store, box, clock).sign('text')
    return [
      [SEALED_COLUMNS.connectionSecrets, connectionId],
      [SEALED_COLUMNS.viewerCredentials, connectionId, users.viewer.id],
      [SEALED_COLUMNS.publishingLogins, publishingId],
      [SEALED_COLUMNS.identityProviderSecret, providerId],
      [SEALED_COLUMNS.idToken, sessionId],
      [SEALED_COLUMNS.refreshToken, sessionId],
      [SEALED_COLUMNS.loginChecks, 'state'],
      [SEALED_COLUMNS.loginAnswer, 'state'],
      [SEALED_COLUMNS.totpSecret, users.viewer.id],
      [SEALED_COLUMNS.oauthArtifact, 'artifact'],
      [SEALED_COLUMNS.oauthKey, 'test'],
      [SEALED_COLUMNS.idempotentAnswer, `user:${users.viewer.id}`, 'key'],
      [SEALED_COLUMNS.activityDataToken, 'job'],
      [SEALED_COLUMNS.certificateAuthority, 'authority'],
      [SEALED_COLUMNS.checkpointKey, keyId],
      ...SIGNING_PURPOSES.map((purpose) => [SEALED_COLUMNS.signingKey, purpose] as const),
    ]
  }

  async function readSealed([column, ...ids]: readonly [SealedColumn, ...string[]]): Promise<string> {
    const isRow = column.keys.map((key, index) => sql`${sql.ref(key)} = ${ids[index]}`)
    const { rows } = await sql<{ value: string }>`
      SELECT ${sql.ref(column.column)} AS value FROM ${sql.table(column.table)}
      WHERE ${sql.join(isRow, sql` AND `)}`.execute(testApp.store)
    return rows[0]?.value ?? ''
  }

  /** Every column of the store in which something is sealed with this key, whether or not it is in the list. */
  async function listColumnsSealedWith(keyId: string): Promise<string[]> {
    const { rows } = await sql<{ table: string; column: string }>`
      SELECT table_name AS table, column_name AS column FROM information_schema.columns
      JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_type = 'BASE TABLE' AND table_schema = current_schema() AND data_type IN ('text', 'jsonb')`.execute(
      testApp.store,
    )
    const found: string[] = []
    for (const { column, table } of rows) {
      const { rows: sealed } = await sql`
        SELECT 1 FROM ${sql.table(table)} WHERE ${sql.ref(column)}::text LIKE ${`%v1.${keyId}.%`} LIMIT 1`.execute(
        testApp.store,
      )
      if (sealed.length > 0) found.push(`${table}.${column}`)
    }
    return found.sort()
  }

  test('everything is sealed with the new key and opens as before, and all signatures stay what they were', async () => {
    const before = await boxOf()
    const places = await sealEverywhere(before)
    const oldKeyId = before.keyId
    const all = Object.values(SEALED_COLUMNS).map(({ column, table }) => `${table}.${column}`)
    expect(await listColumnsSealedWith(oldKeyId)).toEqual(all.sort())
    const plain = await Promise.all(places.map(async (place) => before.open(await readSealed(place), contextOf(place))))
    const token = createPublicMapToken(before, createId(), 1)

    const { isChanged, keyId, values } = await rotateKeys(options)
    expect({ isChanged, values }).toEqual({ isChanged: true, values: places.length })
    expect(await listColumnsSealedWith(oldKeyId)).toEqual([])
    expect(await listColumnsSealedWith(keyId)).toEqual(all.sort())

    expect((await retireKeys(options)).unused).toEqual([oldKeyId])
    expect(await keyIdsOf(source)).toEqual([keyId])
    const after = await boxOf()
    expect(after.keyId).toBe(keyId)
    const anew = await Promise.all(places.map(async (place) => after.open(await readSealed(place), contextOf(place))))
    expect(anew).toEqual(plain)
    expect(anew.slice(0, 2)).toEqual(['of connections', 'of viewers'])
    for (const purpose of SIGNING_PURPOSES) expect(after.sign(purpose, 'text')).toBe(before.sign(purpose, 'text'))
    const [, mapId = ''] = /^gtm_([^.]+)\./.exec(token) ?? []
    expect(createPublicMapToken(after, mapId, 1)).toBe(token)
    const signedBefore = await new CheckpointKeys(testApp.store, after, testApp.clock).sign('text')
    expect(signedBefore.keyId).toBe(places.find(([column]) => column === SEALED_COLUMNS.checkpointKey)?.[1])
    expect(await readEvents()).toEqual(['master-key.changed', 'master-key.retired'])
  })

  test('a store from before signing keys were kept goes on signing as it did, also after a change', async () => {
    await testApp.store.insertInto('store_key').values({ id: 1, key_id: testApp.secretBox.keyId }).execute()
    source = inEnvironment(OF_THE_APP)
    const opened = await boxOf()
    for (const purpose of SIGNING_PURPOSES) {
      expect(opened.sign(purpose, 'text')).toBe(testApp.secretBox.sign(purpose, 'text'))
    }
    const both = inEnvironment(OTHER, OF_THE_APP)
    await rotateKeys({ ...options, source: both })
    source = inEnvironment(OTHER)
    expect((await boxOf()).sign('public-map', 'text')).toBe(testApp.secretBox.sign('public-map', 'text'))
  })

  test('a new store signs with keys that do not follow from the master key', async () => {
    source = inEnvironment(OF_THE_APP)
    const opened = await boxOf()
    expect(opened.keyId).toBe(testApp.secretBox.keyId)
    expect(opened.sign('public-map', 'text')).not.toBe(testApp.secretBox.sign('public-map', 'text'))
    expect((await boxOf()).sign('public-map', 'text')).toBe(opened.sign('public-map', 'text'))
  })

  test('a change that ended anywhere is carried to its end by the next call, with one new key and no more', async () => {
    await sealEverywhere(await boxOf())
    const [oldKeyId = ''] = await keyIdsOf(source)
    // The end after the key was made, and named as the next one.
    await source.editor?.addKey(false)
    const [newKeyId = ''] = await keyIdsOf(source)
    await testApp.store.updateTable('store_key').set({ next_key_id: newKeyId }).execute()
    expect((await boxOf()).keyId).toBe(oldKeyId)
    // The end after the change, with one column sealed anew.
    await testApp.store.updateTable('store_key').set({ key_id: newKeyId, next_key_id: null }).execute()
    await resealColumn(testApp.store, new KeyRing(await source.read()), SEALED_COLUMNS.connectionSecrets)
    const midway = await readKeyStatus(options)
    expect(midway.unused).toEqual([])
    expect(midway.columns.find(({ name }) => name === 'connections.secrets')?.counts).toEqual([
      { keyId: newKeyId, values: 1 },
    ])
    expect(midway.columns.find(({ name }) => name === 'totp_factors.secret')?.counts).toEqual([
      { keyId: oldKeyId, values: 1 },
    ])

    expect(await rotateKeys(options)).toMatchObject({ isChanged: false, keyId: newKeyId })
    expect(await listColumnsSealedWith(oldKeyId)).toEqual([])
    expect(await keyIdsOf(source)).toEqual([newKeyId, oldKeyId])
  })

  test('what somebody writes while a pass runs stays as they wrote it', async () => {
    const { secretBox } = await openStoreKeys(testApp.store, source)
    const places = await sealEverywhere(secretBox)
    const [place] = places
    if (place === undefined) throw new Error('Nothing was sealed.')
    const changed = await rotateKeys(options)
    // A server that has not followed yet.
    await testApp.store
      .updateTable('connections')
      .set({ secrets: secretBox.seal('written meanwhile', contextOf(place)) })
      .where('id', '=', place[1] ?? '')
      .execute()
    expect((await readKeyStatus(options)).unused).toEqual([])
    expect(await rotateKeys(options)).toEqual({ isChanged: false, keyId: changed.keyId, values: 1 })
    expect((await boxOf()).open(await readSealed(place), contextOf(place))).toBe('written meanwhile')
  })

  describe('is refused in a sentence, and nothing is touched,', () => {
    const readAll = async () =>
      Promise.all(
        Object.values(SEALED_COLUMNS).map(async ({ column, table }) => {
          const value = sql.ref(column)
          return (await sql`SELECT ${value} FROM ${sql.table(table)} ORDER BY ${value}`.execute(testApp.store)).rows
        }),
      )

    test('where the keys at hand are not the store’s', async () => {
      await sealEverywhere(await boxOf())
      const before = await readAll()
      const strange = inEnvironment(OTHER)
      await expect(openStoreKeys(testApp.store, strange)).rejects.toThrow(/sealed with the key \w{12}, but this server/)
      await expect(rotateKeys({ ...options, source: strange })).rejects.toThrow(/nothing was changed/)
      await expect(retireKeys({ ...options, source: strange })).rejects.toThrow(/nothing was changed/)
      expect(await readAll()).toEqual(before)
    })

    test('where one value alone needs a key that is missing', async () => {
      const { viewer } = testApp.users
      await boxOf()
      const secret = testApp.secretBox.seal('of another key', SEALED_COLUMNS.totpSecret.in(viewer.id))
      await testApp.store
        .insertInto('totp_factors')
        .values({ user_id: viewer.id, secret, created_at: testApp.clock.now() })
        .execute()
      await expect(boxOf()).rejects.toThrow(
        `sealed with the key ${testApp.secretBox.keyId}, but this server has the key`,
      )
    })

    test('where the environment gives no newer key', async () => {
      source = inEnvironment(OF_THE_APP)
      await boxOf()
      await expect(rotateKeys({ ...options, source })).rejects.toThrow(/put a fresh one before it/)
    })
  })

  test('a value that was damaged is told by its row, and keeps the old key from being removed', async () => {
    const places = await sealEverywhere(await boxOf())
    const [oldKeyId = ''] = await keyIdsOf(source)
    const id = places[0]?.[1] ?? ''
    await testApp.store
      .updateTable('connections')
      .set({ secrets: `v1.${oldKeyId}.AAAA.BBBB` })
      .where('id', '=', id)
      .execute()
    await expect(rotateKeys(options)).rejects.toThrow(`connections.secrets of ${id}`)
    expect(await listColumnsSealedWith(oldKeyId)).toEqual(['connections.secrets'])
    await expect(retireKeys(options)).rejects.toThrow(`connections.secrets of ${id}`)
    expect(await keyIdsOf(source)).toContain(oldKeyId)
  })

  test('a key for checkpoints that somebody planted keeps nobody from anything', async () => {
    await boxOf()
    const other = new CheckpointKeys(testApp.store, testApp.secretBox, testApp.clock)
    await other.sign('text')
    expect(await rotateKeys(options)).toMatchObject({ isChanged: true })
    await boxOf()
  })

  test('no key is in what is printed, recorded or kept beside the key file', async () => {
    await boxOf()
    await rotateKeys(options)
    const keys = (await readFile(join(home, 'secret.key'), 'utf8')).trim().split('\n')
    expect(keys).toHaveLength(2)
    const kept = JSON.stringify([
      await readKeyStatus(options),
      await testApp.store.selectFrom('activity').selectAll().execute(),
      await testApp.store.selectFrom('store_key').selectAll().execute(),
      await testApp.store.selectFrom('signing_keys').selectAll().execute(),
    ])
    for (const key of keys) {
      expect(kept).not.toContain(key)
      expect(kept).not.toContain(Buffer.from(key, 'hex').toString('base64'))
    }
  })

  async function readEvents(): Promise<string[]> {
    await testApp.activity.flush()
    const events = await testApp.store
      .selectFrom('activity')
      .select('type')
      .where('type', 'like', 'master-key.%')
      .orderBy('position')
      .execute()
    return events.map(({ type }) => type)
  }
}

function contextOf([column, ...ids]: readonly [SealedColumn, ...string[]]) {
  return column.in(...ids)
}
