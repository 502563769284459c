import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../../platform/clock/clock.ts'
import type { Store } from '../../../../platform/db/database.ts'
import { hashToken } from '../../../../platform/secrets/bearer-tokens.ts'
import { readEmail, readText } from '../../../identity-providers/claimed-text.ts'
import type { SamlProvider } from '../../../identity-providers/identity-provider-service.ts'
import { readClaimedGroups } from '../../../identity-providers/read-claimed-groups.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import type { RedirectProtocol } from '../../redirect-login/redirect-protocol.ts'
import { type Expected, readSubject, requireAnswer, requireEnvelope } from './assertion.ts'
import { isChangedSinceSigned } from './changed-content.ts'
import { ASSERTION } from './names.ts'
import { requireShape } from './response-shape.ts'
import { createSaml, ownAddresses } from './service-provider.ts'
import { useAssertion } from './used-assertion-store.ts'
import { attributeOf, parseXml, type XmlDocument, XmlProblem } from './xml-document.ts'

const MAX_NAME_LENGTH = 100

/**
 * SAML 2.0, web browser SSO: our request goes by redirect, the answer comes by post and names the request. Nothing of
 * an answer is read but what a signature that was checked is about.
 */
export function createSamlProtocol(context: {
  readonly store: Store
  readonly clock: Clock
}): RedirectProtocol<SamlProvider> {
  return {
    kind: 'saml',

    async begin({ settings }, { state, baseUrl }) {
      const requestId = `_${randomBytes(20).toString('hex')}`
      const { entityId, consumerUrl } = ownAddresses(baseUrl)
      const saml = createSaml(settings, { entityId, consumerUrl }, requestId)
      const url = await saml.getAuthorizeUrlAsync(state, undefined, {})
      return { url, checks: { requestId, entityId, consumerUrl } }
    },

    async check(provider, { posted }, { requestId = '', entityId = '', consumerUrl = '' }) {
      if (posted === null) throw new SignInRefusal('invalid_answer')
      const { groupsClaim, settings } = provider
      const text = Buffer.from(posted, 'base64').toString('utf8')
      const document = parse(text)
      const { response } = requireShape(document)
      const own = { entityId, consumerUrl }
      const expected: Expected = {
        issuer: settings.issuer,
        audience: entityId,
        recipient: consumerUrl,
        requestId,
        now: context.clock.now(),
      }
      const assertion = parse(
        await verify(
          posted,
          () => createSaml(settings, own, requestId),
          () => isChangedSinceSigned(text, document),
        ),
      ).documentElement
      if (assertion.localName !== 'Assertion' || assertion.namespaceURI !== ASSERTION) {
        throw new SignInRefusal('unexpected_structure')
      }
      const { validUntil } = requireAnswer(assertion, expected)
      requireEnvelope(response, expected)
      const { attributes, email, issuer, name, subject } = readSubject(assertion, settings)
      const assertionHash = hashToken(attributeOf(assertion, 'ID') ?? '')
      const isNew = await useAssertion(context.store, provider.id, assertionHash, validUntil)
      if (!isNew) throw new SignInRefusal('assertion_replayed')
      return {
        identity: {
          issuer,
          subject,
          email: readEmail(email),
          isEmailVerified: provider.areEmailsVerified ? true : null,
          name: readText(name, MAX_NAME_LENGTH),
          groups: groupsClaim === null ? null : readClaimedGroups(attributes.get(groupsClaim)),
        },
        session: { providerSessionId: null, idToken: null, refreshToken: null },
      }
    },
  }
}

/** The XML of the assertion as the signature covers it. */
async function verify(
  posted: string,
  open: () => ReturnType<typeof createSaml>,
  isChanged: () => boolean,
): Promise<string> {
  try {
    const { profile } = await open().validatePostResponseAsync({ SAMLResponse: posted })
    const xml = profile?.getAssertionXml?.()
    if (xml === undefined) throw new SignInRefusal('invalid_answer')
    return xml
  } catch (error) {
    if (error instanceof SignInRefusal) throw error
    const message = error instanceof Error ? error.message : ''
    if (/signature/i.test(message)) {
      throw new SignInRefusal(isChanged() ? 'content_changed' : 'wrong_signature', error)
    }
    if (/audience/i.test(message)) throw new SignInRefusal('wrong_audience', error)
    if (/issuer/i.test(message)) throw new SignInRefusal('wrong_issuer', error)
    throw new SignInRefusal('invalid_answer', error)
  }
}

function parse(xml: string): XmlDocument {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof XmlProblem && error.kind === 'unsafe') throw new SignInRefusal('unsafe_xml', error)
    throw new SignInRefusal('invalid_answer', error)
  }
}
