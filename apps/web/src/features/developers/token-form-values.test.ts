import { expect, test } from 'vitest'
import { type TokenFormValues, tokenFormErrors, toTokenBody } from './token-form-values.ts'

const good: TokenFormValues = {
  name: ' Website ',
  grants: [{ connectionName: 'carto_dw', source: ' demo.cities ' }],
  apis: ['maps'],
  referers: ['https://maps.example.org'],
  expiry: '30',
}

test('a good form becomes the request, trimmed, with an absolute expiry', () => {
  expect(tokenFormErrors(good)).toEqual({})
  expect(toTokenBody(good, new Date('2026-01-01T00:00:00Z'))).toEqual({
    name: 'Website',
    grants: [{ connection_name: 'carto_dw', source: 'demo.cities' }],
    allowed_apis: ['maps'],
    referers: ['https://maps.example.org'],
    expiration_date: '2026-01-31T00:00:00.000Z',
  })
  expect(toTokenBody({ ...good, expiry: 'never' }, new Date()).expiration_date).toBeNull()
})

test('each mistake is told at its own field', () => {
  const errors = tokenFormErrors({
    name: '',
    grants: [
      { connectionName: 'a', source: '*' },
      { connectionName: 'a', source: 'cities' },
      { connectionName: '', source: '*' },
    ],
    apis: [],
    referers: ['maps.example.org/page'],
    expiry: 'never',
  })
  expect(Object.keys(errors).sort()).toEqual(['apis', 'grants.1', 'grants.2', 'name', 'referers'])
})
