import { AppError } from '@graticule/contract'
import { METADATA, PROTOCOL, REDIRECT_BINDING, SIGNATURE } from './names.ts'
import {
  attributeOf,
  childrenOf,
  findAll,
  parseXml,
  textOf,
  type XmlDocument,
  type XmlElement,
} from './xml-document.ts'

/** What a provider's metadata says of it. */
export interface ProviderMetadata {
  readonly issuer: string
  readonly signInUrl: string
  /** As base64. */
  readonly certificates: readonly string[]
}

/** Reads the metadata of one provider. Throws `invalid_request` with what is missing. */
export function readMetadata(text: string): ProviderMetadata {
  const entity = findEntity(parse(text))
  const issuer = attributeOf(entity, 'entityID')
  const role = childrenOf(entity, METADATA, 'IDPSSODescriptor').find((descriptor) =>
    (attributeOf(descriptor, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL),
  )
  if (issuer === null || role === undefined) {
    throw refuse(
      'This metadata describes no SAML 2.0 identity provider; take that of the provider, not of an application.',
    )
  }
  if (attributeOf(role, 'WantAuthnRequestsSigned') === 'true') {
    throw refuse('The provider asks for signed requests, which are not sent from here; turn that off at the provider.')
  }
  const service = childrenOf(role, METADATA, 'SingleSignOnService').find(
    (element) => attributeOf(element, 'Binding') === REDIRECT_BINDING,
  )
  const signInUrl = service === undefined ? null : attributeOf(service, 'Location')
  if (signInUrl === null) {
    throw refuse('The metadata names no single sign-on service of the HTTP-Redirect binding, which is needed here.')
  }
  const certificates = childrenOf(role, METADATA, 'KeyDescriptor')
    .filter((key) => attributeOf(key, 'use') !== 'encryption')
    .flatMap(certificatesIn)
  if (certificates.length === 0) throw refuse('The metadata names no certificate that assertions are signed with.')
  return { issuer, signInUrl, certificates: [...new Set(certificates)] }
}

function parse(text: string): XmlDocument {
  try {
    // Providers like to comment their metadata; nothing in it is a name of somebody.
    return parseXml(text, { comments: true })
  } catch {
    throw refuse('This is not the XML of SAML metadata.')
  }
}

function findEntity(document: XmlDocument): XmlElement {
  const [entity, ...others] = findAll(document, 'EntityDescriptor').filter((found) => found.namespaceURI === METADATA)
  if (entity === undefined) throw refuse('This is not the XML of SAML metadata.')
  if (others.length > 0) throw refuse('This metadata describes several parties; take that of the one provider.')
  return entity
}

function certificatesIn(key: XmlElement): string[] {
  return childrenOf(key, SIGNATURE, 'KeyInfo')
    .flatMap((info) => childrenOf(info, SIGNATURE, 'X509Data'))
    .flatMap((data) => childrenOf(data, SIGNATURE, 'X509Certificate'))
    .map((certificate) => textOf(certificate).replace(/\s/g, ''))
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
