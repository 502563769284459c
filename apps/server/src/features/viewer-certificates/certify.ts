import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** How far the clock of a database may be from ours, either way, before it refuses a certificate that is new. */
export const MAX_CLOCK_SKEW_MS = 2 * 60_000
/** From the moment in which it is made until nobody lets it in any more. */
export const CERTIFICATE_LIFE_MS = 5 * 60_000
/** A little more than the skew: two clocks that are as far apart as they may be never agree to the second. */
const BACKDATED_MS = MAX_CLOCK_SKEW_MS + 10_000
/** Replacing it takes work at every database, so it is long; a new one can be made at any time. */
const AUTHORITY_LIFE_YEARS = 10

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A certificate with its private key, as PEM texts. */
export interface CertifiedKey {
  readonly certificate: string
  readonly privateKey: string
}

export interface PersonalCertificate extends CertifiedKey {
  /** In hexadecimal; random, so no two are alike. */
  readonly serialNumber: string
  readonly notAfter: Date
}

/** Makes an authority that certifies people and no further authorities. */
export async function makeAuthority(organizationId: string, now: Date): Promise<CertifiedKey> {
  const keys = await makeKeys()
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + AUTHORITY_LIFE_YEARS)
  const serialNumber = makeSerialNumber()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // A name of its own, so that a database may trust one and the next while they change.
    name: nameOf(`Graticule viewers ${serialNumber.slice(0, 8)}`, organizationId),
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter,
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), privateKey: await exportKey(keys.privateKey) }
}

/** Makes a key pair and a certificate for it that lets its subject in at databases, and is good for nothing else. */
export async function certify(
  authority: CertifiedKey,
  subject: { readonly commonName: string; readonly organizationId: string },
  now: Date,
): Promise<PersonalCertificate> {
  const issuer = new X509Certificate(authority.certificate)
  const keys = await makeKeys()
  const serialNumber = makeSerialNumber()
  const notAfter = new Date(now.getTime() + CERTIFICATE_LIFE_MS)
  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    subject: nameOf(subject.commonName, subject.organizationId),
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.privateKey),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth], true),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return {
    certificate: certificate.toString('pem'),
    privateKey: await exportKey(keys.privateKey),
    serialNumber,
    notAfter,
  }
}

function nameOf(commonName: string, organizationId: string): JsonName {
  return [{ CN: [commonName] }, { O: [organizationId] }]
}

/** 127 random bits, positive as the standard asks. */
function makeSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

// The library's types know a subset of what Node's keys may be used for.
async function makeKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
}

async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

async function importKey(pem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(pem)
  if (der === undefined) throw new Error('The private key of the authority is no PEM text.')
  return (await crypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign'])) as CryptoKey
}
