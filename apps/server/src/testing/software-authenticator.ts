import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { PasskeyAssertion, PasskeyAttestation } from '@graticule/contract'

/** What an authenticator does otherwise than it should. */
export interface Misbehaviour {
  readonly origin?: string
  readonly rpId?: string
  /** False: nobody touched or unlocked it. */
  readonly isUserVerified?: boolean
  /** The counter that it claims, in place of one more than before. */
  readonly counter?: number
  readonly challenge?: string
  readonly userHandle?: string
  /** Signs with another key. */
  readonly isForged?: boolean
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED = 0x40

/** An authenticator in software with one passkey: makes and uses it as WebAuthn says, or wrongly where it is told to. */
export class SoftwareAuthenticator {
  readonly id = randomBytes(16)
  readonly #origin: string
  #privateKey: KeyObject
  readonly #publicKey: KeyObject
  #counter = 0

  constructor(origin: string) {
    this.#origin = origin
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = pair.privateKey
    this.#publicKey = pair.publicKey
  }

  get credentialId(): string {
    return this.id.toString('base64url')
  }

  /** The answer to options for a new passkey. */
  create(options: unknown, wrong: Misbehaviour = {}): PasskeyAttestation {
    const { challenge } = options as { challenge: string }
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, this.#coseKey()])
    const authData = Buffer.concat([this.#header(wrong, ATTESTED), attested])
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      cborText('fmt'),
      cborText('none'),
      cborText('attStmt'),
      Buffer.from([0xa0]),
      cborText('authData'),
      cborBytes(authData),
    ])
    return {
      ...this.#envelope(),
      response: {
        clientDataJSON: this.#clientData('webauthn.create', challenge, wrong).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      },
    }
  }

  /** The answer to options for using it. */
  use(options: unknown, userId: string, wrong: Misbehaviour = {}): PasskeyAssertion {
    const { challenge } = options as { challenge: string }
    this.#counter += 1
    const clientData = this.#clientData('webauthn.get', challenge, wrong)
    const authData = this.#header(wrong, 0)
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()])
    const key = wrong.isForged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#privateKey
    return {
      ...this.#envelope(),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, key).toString('base64url'),
        userHandle: Buffer.from(wrong.userHandle ?? userId).toString('base64url'),
      },
    }
  }

  #envelope() {
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key' as const,
      clientExtensionResults: {},
    }
  }

  #clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    const origin = wrong.origin ?? this.#origin
    return Buffer.from(JSON.stringify({ type, challenge: wrong.challenge ?? challenge, origin, crossOrigin: false }))
  }

  #header(wrong: Misbehaviour, flags: number): Buffer {
    const rpId = wrong.rpId ?? new URL(this.#origin).hostname
    const verified = wrong.isUserVerified === false ? 0 : USER_VERIFIED
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(wrong.counter ?? this.#counter)
    return Buffer.concat([
      createHash('sha256').update(rpId).digest(),
      Buffer.from([USER_PRESENT | verified | flags]),
      counter,
    ])
  }

  /** ES256, in COSE. */
  #coseKey(): Buffer {
    const { x, y } = this.#publicKey.export({ format: 'jwk' })
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      cborBytes(Buffer.from(x ?? '', 'base64url')),
      Buffer.from([0x22]),
      cborBytes(Buffer.from(y ?? '', 'base64url')),
    ])
  }
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}

function cborBytes(bytes: Buffer): Buffer {
  // The shortest form, which the standard asks for.
  const { length } = bytes
  const head = length < 256 ? [0x58, length] : [0x59, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), bytes])
}
