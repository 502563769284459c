import { expect, test } from 'vitest'
import type { ProviderField } from '../../api/connections.ts'
import { configErrors, groupFields, initialValues, nameError, toConfig } from './connection-form-values.ts'

const fields: readonly ProviderField[] = [
  { name: 'host', label: 'Host', kind: 'text', required: true, secret: false },
  { name: 'port', label: 'Port', kind: 'number', required: false, secret: false, defaultValue: 5432 },
  { name: 'password', label: 'Password', kind: 'password', required: true, secret: true },
]

test('a name keeps the rule of the server', () => {
  expect(nameError('sales-warehouse_2')).toBeNull()
  for (const name of ['ab', '-abc', 'abc_', 'Abc', 'a b c', 'a'.repeat(51)]) expect(nameError(name)).not.toBeNull()
})

test('numbers are sent as numbers, empty fields are left out, and a password keeps its spaces', () => {
  expect(toConfig(fields, { host: ' db.example ', port: '6543', password: ' pass word ' })).toEqual({
    host: 'db.example',
    port: 6543,
    password: ' pass word ',
  })
  expect(toConfig(fields, { host: 'db', port: '', password: '' })).toEqual({ host: 'db' })
})

test('a stored secret may stay empty, a new one may not', () => {
  const values = { host: 'db', port: '5432', password: '' }
  expect(configErrors(fields, values, false)).toHaveProperty('password')
  expect(configErrors(fields, values, true)).toEqual({})
  expect(configErrors(fields, { ...values, port: 'many' }, true)).toHaveProperty('port')
})

test('the form starts with what is stored and never with a secret', () => {
  expect(initialValues(fields, { host: 'db', password: 'leaked' })).toEqual({ host: 'db', port: '', password: '' })
  expect(initialValues(fields)).toEqual({ host: '', port: '5432', password: '' })
})

test('optional fields from the first text area on are kept apart, required ones never', () => {
  const certificate: ProviderField = { name: 'ca', label: 'CA', kind: 'textarea', required: false, secret: false }
  const timeout: ProviderField = { name: 'timeout', label: 'Timeout', kind: 'number', required: false, secret: false }
  const role: ProviderField = { name: 'role', label: 'Role', kind: 'text', required: true, secret: false }
  const { main, more } = groupFields([...fields, certificate, timeout, role])
  expect(main.map(({ name }) => name)).toEqual(['host', 'port', 'password', 'role'])
  expect(more.map(({ name }) => name)).toEqual(['ca', 'timeout'])
  expect(groupFields(fields).more).toEqual([])
})
