import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { SIGNATURE } from './names.ts'
import { findAll, type XmlDocument, type XmlElement } from './xml-document.ts'

/**
 * Whether something that a signature in the document is about is not what it was when it was signed: the digest in the
 * signature tells, whoever signed it. It only tells two reasons of a refusal apart; nothing is believed because of it.
 */
export function isChangedSinceSigned(xml: string, document: XmlDocument): boolean {
  return findAll(document, 'Signature')
    .filter(({ namespaceURI }) => namespaceURI === SIGNATURE)
    .some((signature) => !matchesDigest(xml, signature))
}

function matchesDigest(xml: string, signature: XmlElement): boolean {
  const check = new SignedXml({ publicCert: ANY_KEY, getCertFromKeyInfo: () => null })
  check.loadSignature(signature)
  try {
    return check.checkSignature(xml)
  } catch {
    // Digests come first: only a signature of which they are right gets to the key, which is never the right one here.
    return true
  }
}

/** The library compares digests only when it is given a key as well. */
const ANY_KEY = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey).export({
  type: 'spki',
  format: 'pem',
})
