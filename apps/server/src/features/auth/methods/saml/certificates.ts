import { X509Certificate } from 'node:crypto'
import { AppError } from '@graticule/contract'

const MIN_RSA_BITS = 2048

/** The PEM text of a certificate that came as PEM or as base64. Throws `invalid_request` for one not to be trusted. */
export function readCertificate(text: string): string {
  const body = text.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, '').replace(/\s/g, '')
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(Buffer.from(body, 'base64'))
  } catch {
    throw refuse('A certificate could not be read; enter it as PEM or as base64.')
  }
  const { asymmetricKeyDetails: details, asymmetricKeyType: type } = certificate.publicKey
  if (type !== 'rsa') throw refuse(`The certificate has a key of the kind ${type}; signatures by RSA are checked here.`)
  if ((details?.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw refuse(`The certificate’s key has ${details?.modulusLength} bits; it needs ${MIN_RSA_BITS} or more.`)
  }
  return certificate.toString()
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
