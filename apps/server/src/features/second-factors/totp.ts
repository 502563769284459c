import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
/** Clocks may be off by one period to either side. */
const WINDOW = 1

/** 160 random bits in base32, as authenticator apps take them. */
export function createTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** The address that an authenticator app reads from a QR code. */
export function totpUri(secret: string, account: string, issuer: string): string {
  return generatorOf(secret, account, issuer).toString()
}

/** The period whose code this is, counted from 1970; null when it is of none near that time. Takes the same time for every wrong code. */
export function findStep(secret: string, code: string, at: Date): number | null {
  const delta = generatorOf(secret).validate({ token: code, timestamp: at.getTime(), window: WINDOW })
  return delta === null ? null : Math.floor(at.getTime() / 1_000 / PERIOD_SECONDS) + delta
}

function generatorOf(secret: string, label = 'account', issuer = 'Graticule'): TOTP {
  return new TOTP({ issuer, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS })
}
