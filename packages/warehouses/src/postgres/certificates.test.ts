import { expect, test } from 'vitest'
import { postgresCertificates } from './certificates.ts'

const config = { host: 'db.example.com', database: 'warehouse', user: 'author', password: 'secret' }

test('certificates are shown to a server that proved who it is, and to no other', () => {
  const { obstacle } = postgresCertificates
  expect(obstacle({ ...config, sslMode: 'verify-full' })).toBeNull()
  expect(obstacle({ ...config, sslMode: 'verify-ca', sslCertificateAuthority: 'PEM' })).toBeNull()
  expect(obstacle({ ...config, sslCertificateAuthority: 'PEM' })).toBeNull()
  for (const sslMode of ['verify-ca', 'require', 'disable', undefined])
    expect(obstacle({ ...config, sslMode })).toContain('TLS')
  expect(obstacle({ ...config, host: '/run/postgresql', sslMode: 'verify-full' })).toContain('TLS')
})

test('the lines for the administrator are words in quotes, so that none means more than a name', () => {
  const { identLine, setupFor } = postgresCertificates
  expect(identLine({ subject: 'id-1', loginName: 'all' })).toBe('graticule  "id-1"  "all"')
  expect(setupFor({ ...config, database: 'a "b" c' }).hba).toEqual([
    'hostssl  "a ""b"" c"  +graticule_viewers  all  cert  map=graticule',
  ])
})

test('who is let in by certificate brings nothing of the login that is stored', () => {
  const place = { host: config.host, database: config.database }
  const login = { loginName: 'alice', certificate: 'CERTIFICATE', key: 'KEY' }
  expect(postgresCertificates.configFor(place, login)).toEqual({
    ...place,
    user: 'alice',
    sslClientCertificate: 'CERTIFICATE',
    sslClientKey: 'KEY',
  })
})
