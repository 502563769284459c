import { expect, test } from 'vitest'
import { describeConsequence, embedCode } from './consequence.ts'

const facts = { kind: 'map', organizationName: 'Acme', connectionNames: ['carto_dw'] } as const

test('leaving a public link says that embeds break', () => {
  const text = describeConsequence({ ...facts, current: 'public', chosen: 'organization' }).join(' ')
  expect(text).toContain('stop working')
  expect(describeConsequence({ ...facts, current: 'private', chosen: 'organization' }).join(' ')).not.toContain('stop')
})

test('sharing names the connection whose login is used, keeping private does not', () => {
  expect(describeConsequence({ ...facts, current: 'private', chosen: 'public' }).join(' ')).toContain('carto_dw')
  expect(describeConsequence({ ...facts, current: 'organization', chosen: 'private' }).join(' ')).not.toContain(
    'carto_dw',
  )
})

test('where everybody brings a login, nobody is said to read with the one that is stored', () => {
  const own = {
    ...facts,
    connectionNames: ['carto_dw', 'shops'],
    ownLoginNames: ['shops'],
    current: 'private',
  } as const
  const shared = describeConsequence({ ...own, chosen: 'organization' }).join(' ')
  expect(shared).toContain('through the connection carto_dw with the login stored in it')
  expect(shared).toContain('asked for a database login of their own to shops')
  const open = describeConsequence({ ...own, chosen: 'public' }).join(' ')
  expect(open).toContain(
    'Here everybody reads shops with a database login of their own; by the public link nobody needs one.',
  )
  const connection = { ...own, kind: 'connection', connectionNames: [], chosen: 'organization' } as const
  expect(describeConsequence(connection).join(' ')).toContain('Each of them is asked for a database login')
  expect(describeConsequence({ ...connection, ownLoginNames: [] }).join(' ')).toContain('the login stored here')
})

test('where everybody is let in by certificate, nobody is said to be asked for a login', () => {
  const certified = { ...facts, connectionNames: ['shops'], certifiedNames: ['shops'], current: 'private' } as const
  const shared = describeConsequence({ ...certified, chosen: 'organization' }).join(' ')
  expect(shared).toContain('let in at shops as themselves, without a password')
  expect(shared).not.toContain('login stored')
  expect(describeConsequence({ ...certified, chosen: 'public' }).join(' ')).toContain('shows nothing of the connection')
  const connection = { ...certified, kind: 'connection', connectionNames: [], chosen: 'organization' } as const
  expect(describeConsequence(connection).join(' ')).toContain('let in as themselves, without a password')
})

test('a password and editing together are said', () => {
  const locked = { ...facts, current: 'public', chosen: 'public', hasPassword: true } as const
  expect(describeConsequence(locked).join(' ')).toContain('the link and the password')
  const together = { ...facts, current: 'private', chosen: 'organization', isCollaborative: true } as const
  expect(describeConsequence(together).join(' ')).toContain('editors and admins among them can edit it')
})

test('a title cannot break out of the embed code', () => {
  const code = embedCode('https://maps.example/embed/1', 'A "quoted" <script> & more')
  expect(code).toContain('title="A &quot;quoted&quot; &lt;script> &amp; more"')
})

test('what a project gives to others is not said to be the owner’s alone', () => {
  const facts = {
    kind: 'map',
    current: 'private',
    chosen: 'private',
    organizationName: 'Corp',
    connectionNames: [],
  } as const
  expect(describeConsequence(facts)).toEqual(['Only you can open this map.'])
  expect(describeConsequence({ ...facts, isInherited: true })).toEqual([
    'Nobody gets it but through the project that it is in.',
  ])
})
