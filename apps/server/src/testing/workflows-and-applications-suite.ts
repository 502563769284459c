import type {
  AccessExplanation,
  ApplicationList,
  ApplicationSummary,
  Role,
  WorkflowDetail,
  WorkflowList,
} from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

const PICTURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3])
const PICTURE_URL = `data:image/png;base64,${PICTURE.toString('base64')}`

/** What holds of workflows and applications on every engine that may keep them. */
export function describeWorkflowsAndApplications(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const workflowsUrl = '/workspace-api/workflows'
  const applicationsUrl = '/workspace-api/applications'
  const readEvents = async (id: string) => {
    const rows = await testApp.store
      .selectFrom('activity')
      .selectAll()
      .where('asset_id', '=', id)
      .orderBy('position')
      .execute()
    return rows.map(({ type, details }) => ({ type, details }))
  }

  async function createWorkflow(title: string, as: Role = 'editor', more: object = {}): Promise<string> {
    const created = await call('POST', workflowsUrl, as, { title, ...more })
    expect(created.statusCode, created.body).toBe(201)
    return created.json<WorkflowDetail>().id
  }

  async function createApplication(name: string, as: Role = 'editor', more: object = {}): Promise<string> {
    const created = await call('POST', applicationsUrl, as, { name, url: 'https://example.org/app', ...more })
    expect(created.statusCode, created.body).toBe(201)
    return created.json<ApplicationSummary>().id
  }

  const share = (base: string, id: string, payload: object, as: Role = 'editor') =>
    call('PUT', `${base}/${id}/sharing`, as, payload)
  const statusOf = async (base: string, id: string, as: Role) => (await call('GET', `${base}/${id}`, as)).statusCode

  async function addConnection(name: string): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id,
        organization_id: testApp.organizationId,
        name,
        provider_id: 'postgres',
        owner_id: idOf('editor'),
        config: toJson({}),
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  test('a workflow is a document that is made, kept whole, renamed and deleted by its owner', async () => {
    const document = {
      schemaVersion: '1.0.0',
      nodes: [{ id: 'a', type: 'source', data: { name: 'ReadTable', label: 'Stores' }, position: { x: 0, y: 0 } }],
      edges: [],
      variables: [{ name: 'radius', type: 'Number', value: 3 }],
    }
    const connection = await addConnection('flow-wh')
    const id = await createWorkflow(' Buffers ', 'editor', { document, connectionId: connection })
    const read = (await call('GET', `${workflowsUrl}/${id}`, 'editor')).json<WorkflowDetail>()
    expect(read).toMatchObject({
      title: 'Buffers',
      description: '',
      privacy: 'private',
      owner: { id: idOf('editor') },
      nodeCount: 1,
      connection: { id: connection, name: 'flow-wh' },
      permissions: { edit: { allowed: true }, share: { allowed: true }, delete: { allowed: true } },
    })
    expect(read.document).toEqual(document)
    const renamed = await call('PATCH', `${workflowsUrl}/${id}`, 'editor', { title: 'Rings', description: 'Around' })
    expect(renamed.json()).toMatchObject({ title: 'Rings', description: 'Around', document })
    await call('PATCH', `${workflowsUrl}/${id}`, 'editor', { title: 'Rings' })
    for (const title of ['', '   ']) {
      expect((await call('PATCH', `${workflowsUrl}/${id}`, 'editor', { title })).statusCode).toBe(400)
    }
    expect((await call('DELETE', `${workflowsUrl}/${id}`, 'editor')).statusCode).toBe(204)
    expect(await statusOf(workflowsUrl, id, 'editor')).toBe(404)
    expect((await call('DELETE', `${workflowsUrl}/${id}`, 'editor')).statusCode).toBe(404)
    expect(await readEvents(id)).toMatchObject([
      { type: 'workflow.created', details: { title: 'Buffers' } },
      { type: 'workflow.updated', details: { from: 'Buffers', title: 'Rings' } },
      { type: 'workflow.deleted', details: { title: 'Rings' } },
    ])
  })

  test('a workflow is seen by those it is shared with, never by a guest, and edited by its owner alone', async () => {
    const id = await createWorkflow('Shared work')
    const roles = ['superadmin', 'admin', 'viewer', 'guest'] as const
    const statuses = () => Promise.all(roles.map((role) => statusOf(workflowsUrl, id, role)))
    expect(await statuses()).toEqual([200, 404, 404, 404])
    const named = { privacy: 'shared', userIds: [idOf('viewer')] }
    const shared = await share(workflowsUrl, id, named)
    expect(shared.statusCode, shared.body).toBe(200)
    expect(shared.json()).toMatchObject({ sharingScope: 'specific', peopleCount: 3 })
    expect(await statuses()).toEqual([200, 404, 200, 404])
    await share(workflowsUrl, id, { privacy: 'shared' })
    expect(await statuses()).toEqual([200, 200, 200, 404])
    const refused = await share(workflowsUrl, id, { privacy: 'shared', userIds: [idOf('guest')] })
    expect(refused.json()).toMatchObject({ status: 422, details: { rule: 'sharing.workflow.guest' } })
    const open = await share(workflowsUrl, id, { privacy: 'public' })
    expect(open.json()).toMatchObject({ status: 422, details: { rule: 'sharing.workflow.public' } })
    for (const as of ['superadmin', 'admin', 'viewer'] as const) {
      expect((await call('PATCH', `${workflowsUrl}/${id}`, as, { title: 'Mine' })).statusCode).toBe(403)
      expect((await share(workflowsUrl, id, { privacy: 'private' }, as)).statusCode).toBe(403)
    }
    expect((await call('DELETE', `${workflowsUrl}/${id}`, 'admin')).statusCode).toBe(403)
    const preview = await call('POST', `${workflowsUrl}/${id}/sharing/preview`, 'editor', named)
    expect(preview.json()).toMatchObject({ gainCount: 0, losses: [{ name: 'The admin' }] })

    const titles = async (as: Role, query: string) =>
      (await call('GET', `${workflowsUrl}?${query}`, as)).json<WorkflowList>().workflows.map(({ title }) => title)
    await createWorkflow('100% private')
    expect(await titles('viewer', 'scope=all')).toEqual(['Shared work'])
    expect(await titles('viewer', 'scope=mine')).toEqual([])
    expect(await titles('admin', 'scope=shared')).toEqual(['Shared work'])
    expect(await titles('editor', 'scope=shared')).toEqual([])
    expect(await titles('editor', 'orderBy=title&pageSize=1&page=2')).toEqual(['Shared work'])
    expect(await titles('editor', 'search=0%25')).toEqual(['100% private'])
    expect(await titles('superadmin', 'scope=all&orderBy=title')).toEqual(['100% private', 'Shared work'])
    expect((await call('GET', workflowsUrl, 'guest')).json()).toEqual({ workflows: [], total: 0 })
    for (const as of ['viewer', 'guest'] as const) {
      expect((await call('POST', workflowsUrl, as, { title: 'No' })).statusCode).toBe(403)
    }
  })

  test('a connection that a workflow works on is not deleted, and one that is not theirs is not taken', async () => {
    const connection = await addConnection('busy-wh')
    const id = await createWorkflow('On it', 'editor', { connectionId: connection })
    const refused = await call('DELETE', '/v3/connections/busy-wh', 'editor')
    expect(refused.json()).toMatchObject({
      status: 409,
      error: expect.stringMatching(/^1 workflow reads from "busy-wh"; change or delete it first, /),
      details: { dependents: [{ kind: 'workflow', id, title: 'On it' }], hiddenCount: 0 },
    })
    for (const connectionId of [connection, 'nothing']) {
      const taken = await call('POST', workflowsUrl, 'admin', { title: 'Mine', connectionId })
      expect(taken.statusCode, taken.body).toBe(404)
    }
    await call('DELETE', `${workflowsUrl}/${id}`, 'editor')
    expect((await call('DELETE', '/v3/connections/busy-wh', 'editor')).statusCode).toBe(204)
  })

  test('an application is registered by an editor, opened by those it is shared with, and managed by admins', async () => {
    const id = await createApplication('Store finder', 'editor', { description: 'Finds stores' })
    const roles = ['superadmin', 'admin', 'editor', 'viewer', 'guest'] as const
    const statuses = () => Promise.all(roles.map((role) => statusOf(applicationsUrl, id, role)))
    expect(await statuses()).toEqual([200, 200, 200, 404, 404])
    await share(applicationsUrl, id, { privacy: 'shared' })
    expect(await statuses()).toEqual([200, 200, 200, 200, 404])
    const seen = (await call('GET', applicationsUrl, 'viewer')).json<ApplicationList>()
    expect(seen).toMatchObject({
      total: 1,
      applications: [
        {
          name: 'Store finder',
          url: 'https://example.org/app',
          thumbnailUrl: null,
          permissions: { edit: { allowed: false } },
        },
      ],
    })
    expect((await call('GET', applicationsUrl, 'guest')).json()).toEqual({ applications: [], total: 0 })
    expect((await call('GET', `${applicationsUrl}?search=FINDS`, 'admin')).json().total).toBe(1)
    expect((await call('POST', applicationsUrl, 'viewer', { name: 'No', url: 'https://x.org' })).statusCode).toBe(403)
    expect((await call('PATCH', `${applicationsUrl}/${id}`, 'viewer', { name: 'No' })).statusCode).toBe(403)
    const edited = await call('PATCH', `${applicationsUrl}/${id}`, 'admin', { name: 'Finder', url: 'http://x.org' })
    expect(edited.json()).toMatchObject({ name: 'Finder', url: 'http://x.org/', description: 'Finds stores' })
    const script = await call('PATCH', `${applicationsUrl}/${id}`, 'editor', { url: 'javascript:alert(1)' })
    expect(script.statusCode).toBe(400)
    const guest = await share(applicationsUrl, id, { privacy: 'shared', userIds: [idOf('guest')] }, 'admin')
    expect(guest.json()).toMatchObject({
      status: 422,
      error: 'An application cannot be shared with The guest, who has the role guest; share a map with them instead.',
    })
    expect((await share(applicationsUrl, id, { privacy: 'private' }, 'admin')).statusCode).toBe(200)
    expect(await statusOf(applicationsUrl, id, 'viewer')).toBe(404)
    expect((await call('DELETE', `${applicationsUrl}/${id}`, 'admin')).statusCode).toBe(204)
    expect(await statusOf(applicationsUrl, id, 'editor')).toBe(404)
    expect((await readEvents(id)).map(({ type }) => type)).toEqual([
      'application.created',
      'application.privacy-changed',
      'application.updated',
      'application.privacy-changed',
      'application.deleted',
    ])
  })

  test('a picture is served as what it is to those who may open the application, and can be taken away', async () => {
    const id = await createApplication('Pictured', 'editor', { thumbnail: PICTURE_URL })
    const { thumbnailUrl } = (await call('GET', `${applicationsUrl}/${id}`, 'editor')).json<ApplicationSummary>()
    expect(thumbnailUrl).toContain(`/workspace-api/applications/${id}/thumbnail`)
    const picture = await call('GET', thumbnailUrl ?? '', 'editor')
    expect(picture.headers).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' })
    expect(picture.headers['cache-control']).toContain('private')
    expect(picture.rawPayload.equals(PICTURE)).toBe(true)
    for (const as of ['viewer', 'guest'] as const) {
      expect((await call('GET', thumbnailUrl ?? '', as)).statusCode).toBe(404)
    }
    const kept = await call('PATCH', `${applicationsUrl}/${id}`, 'editor', { name: 'Still pictured' })
    expect(kept.json().thumbnailUrl).not.toBeNull()
    const svg = { thumbnail: `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}` }
    expect((await call('PATCH', `${applicationsUrl}/${id}`, 'editor', svg)).statusCode).toBe(400)
    const bare = await call('PATCH', `${applicationsUrl}/${id}`, 'editor', { thumbnail: null })
    expect(bare.json().thumbnailUrl).toBeNull()
    expect((await call('GET', `${applicationsUrl}/${id}/thumbnail`, 'editor')).statusCode).toBe(404)
  })

  test('groups reach workflows and applications, list them, and explain why', async () => {
    const group = (await call('POST', '/workspace-api/groups', 'admin', { name: 'Analysts' })).json().id
    await call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [idOf('viewer'), idOf('guest')] })
    const workflow = await createWorkflow('For analysts')
    const application = await createApplication('For analysts too')
    const audience = { privacy: 'shared', groupIds: [group] }
    expect((await share(workflowsUrl, workflow, audience)).statusCode).toBe(200)
    expect((await share(applicationsUrl, application, audience)).statusCode).toBe(200)
    expect(await statusOf(workflowsUrl, workflow, 'viewer')).toBe(200)
    expect(await statusOf(applicationsUrl, application, 'guest')).toBe(404)
    const { assets } = (await call('GET', `/workspace-api/groups/${group}`, 'admin')).json()
    expect(assets).toMatchObject([
      { kind: 'workflow', id: workflow, name: null },
      { kind: 'application', id: application, name: 'For analysts too' },
    ])
    const query = `subject=${idOf('viewer')}&action=workflow.read&asset=workflow:${workflow}`
    const explained = await call('GET', `/v3/access/explain?${query}`, 'editor')
    expect(explained.json<AccessExplanation>()).toMatchObject({
      allowed: true,
      paths: [{ path: 'group', groups: [{ name: 'Analysts' }] }],
    })
  })

  test('whoever may own nothing any more hands workflows and applications over, shared as before', async () => {
    const id = createId()
    const person = { id, organization_id: testApp.organizationId, email: 'ed@example.org', name: 'Ed' }
    await testApp.store
      .insertInto('users')
      .values({ ...person, role: 'editor', created_at: testApp.clock.now() })
      .execute()
    const workflow = await createWorkflow('Handed over')
    const application = await createApplication('Handed over too')
    for (const table of ['workflows', 'applications'] as const) {
      const moved = table === 'workflows' ? workflow : application
      await testApp.store.updateTable(table).set({ owner_id: id }).where('id', '=', moved).execute()
    }
    await testApp.store
      .insertInto('grants')
      .values({
        organization_id: testApp.organizationId,
        asset_kind: 'workflow',
        asset_id: workflow,
        audience_kind: 'organization',
        created_at: testApp.clock.now(),
      })
      .execute()
    const people = (await call('GET', '/workspace-api/users?search=ed%40example.org', 'admin')).json().people
    expect(people[0]).toMatchObject({
      workflowCount: 1,
      applicationCount: 1,
      permissions: { delete: { allowed: true, needsReceiver: true } },
    })
    const demoted = await call('PATCH', `/workspace-api/users/${id}`, 'admin', {
      role: 'viewer',
      receiverId: idOf('admin'),
    })
    expect(demoted.statusCode, demoted.body).toBe(200)
    const moved = (await call('GET', `${workflowsUrl}/${workflow}`, 'viewer')).json<WorkflowDetail>()
    expect(moved).toMatchObject({ owner: { id: idOf('admin') }, sharingScope: 'organization' })
    expect((await call('GET', `${applicationsUrl}/${application}`, 'admin')).json().owner.id).toBe(idOf('admin'))
    expect((await readEvents(workflow)).at(-1)).toMatchObject({ type: 'workflow.transferred', details: { fromId: id } })
    expect((await readEvents(id)).at(-1)?.details).toMatchObject({ workflows: 1, applications: 1 })
  })

  test('nobody who is demoted while they make something is left with it', async () => {
    for (let round = 0; round < 4; round++) {
      const demote = () =>
        call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'admin', { role: 'viewer', receiverId: idOf('admin') })
      const make = () => [
        call('POST', workflowsUrl, 'editor', { title: `Race ${round}` }),
        call('POST', applicationsUrl, 'editor', { name: `Race ${round}`, url: 'https://example.org' }),
      ]
      const answers = await Promise.all(round % 2 === 0 ? [demote(), ...make()] : [...make(), demote()])
      // 404: it was made, and had gone to the admin before it was answered.
      for (const { statusCode } of answers) expect([200, 201, 403, 404]).toContain(statusCode)
      for (const table of ['workflows', 'applications'] as const) {
        const left = await testApp.store.selectFrom(table).select('id').where('owner_id', '=', idOf('editor')).execute()
        expect(left).toEqual([])
      }
      await call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'admin', { role: 'editor' })
    }
  })
}
