import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { SAML_CONSUMER_PATH, SAML_METADATA_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { SamlSettings } from '../../../identity-providers/provider-settings.ts'
import { PERSISTENT } from './names.ts'

/** Who we are to SAML providers: one party for all of them. */
export interface OwnAddresses {
  readonly entityId: string
  readonly consumerUrl: string
}

/** Our addresses as the outside world reaches us. */
export function ownAddresses(baseUrl: string): OwnAddresses {
  return { entityId: `${baseUrl}${SAML_METADATA_PATH}`, consumerUrl: `${baseUrl}${SAML_CONSUMER_PATH}` }
}

/**
 * The library for one login. It writes the request and checks signatures; what it would check by its own clock and
 * memory is checked by ours, which several servers share.
 */
export function createSaml(settings: SamlSettings, own: OwnAddresses, requestId: string): SAML {
  return new SAML({
    issuer: own.entityId,
    callbackUrl: own.consumerUrl,
    entryPoint: settings.signInUrl,
    idpIssuer: settings.issuer,
    idpCert: [...settings.certificates],
    generateUniqueId: () => requestId,
    identifierFormat: settings.subjectAttribute === null ? PERSISTENT : null,
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    audience: own.entityId,
    acceptedClockSkewMs: -1,
    validateInResponseTo: ValidateInResponseTo.never,
  })
}

/** The XML that is given to providers to register us with them; it holds nothing secret. */
export function describeServiceProvider({ entityId, consumerUrl }: OwnAddresses): string {
  const [id, location] = [entityId, consumerUrl].map(escapeAttribute)
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${id}">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="false" WantAssertionsSigned="true">
    <md:NameIDFormat>${PERSISTENT}</md:NameIDFormat>
    <md:AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${location}"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
