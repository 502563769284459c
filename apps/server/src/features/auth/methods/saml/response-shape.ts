import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { ASSERTION, PROTOCOL, SIGNATURE, SUCCESS } from './names.ts'
import { attributeOf, childrenOf, findAll, onlyChildOf, type XmlDocument, type XmlElement } from './xml-document.ts'

const SIGNATURE_METHODS = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
])
const DIGEST_METHODS = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const TRANSFORMS = new Set(['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE])

/**
 * Looks a response over before any signature in it is checked, and throws `SignInRefusal` unless it says that the login
 * succeeded and is built in the one way that leaves no doubt what a signature is about: one response as the root, one
 * assertion directly in it, every id once, and signatures directly in what they sign, by methods that hold.
 */
export function requireShape(document: XmlDocument): { readonly response: XmlElement } {
  const response = document.documentElement
  if (response.localName !== 'Response' || response.namespaceURI !== PROTOCOL) throw new SignInRefusal('invalid_answer')
  requireSuccess(response)
  if (findAll(document, 'EncryptedAssertion').length > 0) throw new SignInRefusal('assertion_encrypted')
  requireUniqueIds(document)
  const [assertion, ...others] = findAll(document, 'Assertion')
  if (assertion === undefined) throw new SignInRefusal('invalid_answer')
  const isAlone = others.length === 0 && findAll(document, 'Response').length === 1
  if (!isAlone || assertion.namespaceURI !== ASSERTION || assertion.parentNode !== response) {
    throw new SignInRefusal('signature_wrapped')
  }
  const signatures = findAll(document, 'Signature')
  for (const signature of signatures) requireSignatureOf(signature, [response, assertion])
  if (childrenOf(assertion, SIGNATURE, 'Signature').length !== 1) throw new SignInRefusal('token_unsigned')
  if (childrenOf(response, SIGNATURE, 'Signature').length > 1) throw new SignInRefusal('unexpected_structure')
  return { response }
}

function requireSuccess(response: XmlElement): void {
  const status = onlyChildOf(response, PROTOCOL, 'Status')
  const code = status && onlyChildOf(status, PROTOCOL, 'StatusCode')
  if (code === null) throw new SignInRefusal('invalid_answer')
  if (attributeOf(code, 'Value') !== SUCCESS) throw new SignInRefusal('provider_refused')
}

function requireUniqueIds(document: XmlDocument): void {
  const seen = new Set<string>()
  for (const element of findAll(document, '*')) {
    for (const name of ['ID', 'Id', 'id']) {
      const id = attributeOf(element, name)
      if (id === null) continue
      if (seen.has(id)) throw new SignInRefusal('id_repeated')
      seen.add(id)
    }
  }
}

/** Throws unless the signature is about the whole of the element that it stands in, and about nothing else. */
function requireSignatureOf(signature: XmlElement, signable: readonly XmlElement[]): void {
  const signed = signable.find((element) => element === signature.parentNode)
  const info = onlyChildOf(signature, SIGNATURE, 'SignedInfo')
  const reference = info && onlyChildOf(info, SIGNATURE, 'Reference')
  const id = signed === undefined ? null : attributeOf(signed, 'ID')
  if (info === null || reference === null || id === null || attributeOf(reference, 'URI') !== `#${id}`) {
    throw new SignInRefusal('signature_wrapped')
  }
  if (childrenOf(signature, SIGNATURE, 'Object').length > 0) throw new SignInRefusal('signature_wrapped')
  const method = algorithmOf(info, 'SignatureMethod')
  const digest = algorithmOf(reference, 'DigestMethod')
  if (!SIGNATURE_METHODS.has(method) || !DIGEST_METHODS.has(digest)) throw new SignInRefusal('weak_signature')
  const transforms = onlyChildOf(reference, SIGNATURE, 'Transforms')
  const names = transforms === null ? [] : childrenOf(transforms, SIGNATURE, 'Transform')
  const isPlain = names.every((transform) => TRANSFORMS.has(attributeOf(transform, 'Algorithm') ?? ''))
  if (names.length === 0 || !isPlain || algorithmOf(info, 'CanonicalizationMethod') !== EXCLUSIVE) {
    throw new SignInRefusal('unexpected_structure')
  }
}

function algorithmOf(parent: XmlElement, name: string): string {
  const element = onlyChildOf(parent, SIGNATURE, name)
  return (element && attributeOf(element, 'Algorithm')) ?? ''
}
