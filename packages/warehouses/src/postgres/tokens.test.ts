import { expect, test } from 'vitest'
import { postgresTokens } from './tokens.ts'

const config = { host: 'db.example.com', database: 'warehouse', user: 'author', password: 'secret' }

test('tokens are sent to a server whose certificate names it, and to no other', () => {
  const { obstacle } = postgresTokens
  expect(obstacle({ ...config, sslMode: 'verify-full' })).toBeNull()
  expect(obstacle({ ...config, sslMode: 'verify-full', sslCertificateAuthority: 'PEM' })).toBeNull()
  // An authority of the editor's own choice signs for anybody.
  for (const sslMode of ['verify-ca', 'require', undefined])
    expect(obstacle({ ...config, sslMode, sslCertificateAuthority: 'PEM' })).toContain('verify-full')
  for (const sslMode of ['verify-ca', 'require', 'disable', undefined])
    expect(obstacle({ ...config, sslMode })).toContain('TLS')
  expect(obstacle({ ...config, host: '/run/postgresql', sslMode: 'verify-full' })).toContain('TLS')
})

test('who is let in by a token brings nothing of the login that is stored', () => {
  const place = { host: config.host, database: config.database }
  expect(postgresTokens.configFor(place, { loginName: 'alice', token: 'TOKEN' })).toEqual({
    ...place,
    user: 'alice',
    password: 'TOKEN',
  })
})
