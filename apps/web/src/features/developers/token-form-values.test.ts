import { listTokenChoices, PERMISSIVE_POLICIES, type UserPrincipal } from '@graticule/policy'
import { expect, test } from 'vitest'
import { defaultExpiry, listExpiries, type TokenFormValues, tokenFormErrors, toTokenBody } from './token-form-values.ts'

const editor: UserPrincipal = {
  kind: 'user',
  userId: 'u',
  organizationId: 'o',
  role: 'editor',
  sessionId: 's',
  groupIds: [],
}
const choicesUnder = (policies: Partial<typeof PERMISSIVE_POLICIES>) =>
  listTokenChoices({ ...PERMISSIVE_POLICIES, ...policies }, editor, new Date())
const choices = choicesUnder({})

const good: TokenFormValues = {
  name: ' Website ',
  grants: [{ connectionName: 'carto_dw', source: ' demo.cities ' }],
  apis: ['maps'],
  referers: ['https://maps.example.org'],
  expiry: '30',
}

test('a good form becomes the request, trimmed, with an absolute expiry', () => {
  expect(tokenFormErrors(good, choices)).toEqual({})
  expect(toTokenBody(good, new Date('2026-01-01T00:00:00Z'))).toEqual({
    name: 'Website',
    grants: [{ connection_name: 'carto_dw', source: 'demo.cities' }],
    allowed_apis: ['maps'],
    referers: ['https://maps.example.org'],
    expiration_date: '2026-01-30T23:55:00.000Z',
  })
  expect(toTokenBody({ ...good, expiry: 'never' }, new Date()).expiration_date).toBeNull()
})

test('each mistake is told at its own field', () => {
  const errors = tokenFormErrors(
    {
      name: '',
      grants: [
        { connectionName: 'a', source: '*' },
        { connectionName: 'a', source: 'Cities' },
        { connectionName: '', source: '*' },
        { connectionName: 'a', source: 'shop.*' },
        { connectionName: 'a', source: 'stores-by-kind' },
        { connectionName: 'a', source: 'shop.st*' },
      ],
      apis: [],
      referers: ['maps.example.org/page'],
      expiry: 'never',
    },
    choices,
  )
  expect(Object.keys(errors).sort()).toEqual(['apis', 'grants.1', 'grants.2', 'grants.5', 'name', 'referers'])
})

test('what the policies forbid cannot be chosen, and says why', () => {
  const strict = choicesUnder({ 'tokens.lifetime': 7, 'tokens.referers': true, 'tokens.everything': 'admins' })
  const wide = { ...good, referers: [], grants: [{ connectionName: 'a', source: '*' }] }
  expect(tokenFormErrors(wide, choices)).toEqual({})
  expect(tokenFormErrors(wide, strict)).toEqual({
    'grants.0': expect.stringContaining('Only admins'),
    referers: expect.stringContaining('must name the sites'),
  })
  expect(listExpiries(strict)).toEqual([
    { value: '7', label: 'In 7 days', disabled: false },
    { value: '30', label: 'In 30 days', disabled: true },
    { value: '90', label: 'In 90 days', disabled: true },
    { value: '365', label: 'In a year', disabled: true },
    { value: 'never', label: 'Never', disabled: true },
  ])
  expect(defaultExpiry(strict)).toBe('7')
  expect(listExpiries(choices).some(({ disabled }) => disabled)).toBe(false)
  expect(defaultExpiry(choices)).toBe('90')
})
