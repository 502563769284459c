import { randomBytes, randomUUID } from 'node:crypto'

/** Id of a new row. */
export function createId(): string {
  return randomUUID()
}

/** Id of a new organization: `ac_` and eight letters or digits, as CARTO's accounts look. */
export function createOrganizationId(): string {
  return `ac_${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8)}`
}
