import { AppError } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from 'openid-client'
import { isLoopbackHost } from '../../../../http/public-address.ts'
import { type OutboundDoor, OutboundRefusal } from '../../../../platform/outbound/outbound.ts'
import { outboundFetch } from '../../../../platform/outbound/outbound-fetch.ts'
import type { OidcProvider } from '../../../identity-providers/identity-provider-service.ts'
import type { OidcSettings, ProviderInput } from '../../../identity-providers/provider-settings.ts'
import type { LookUpSurroundings } from '../login-method.ts'

const TIMEOUT_SECONDS = 10
/** How long endpoints found once are believed. */
const FRESH_FOR_MS = 60 * 60_000

const configurations = new LRUCache<string, Promise<Configuration>>({ max: 200, ttl: FRESH_FOR_MS })

/** How to talk to a provider, found through its discovery document and remembered for an hour. */
export function configurationOf(provider: OidcProvider, door: OutboundDoor): Promise<Configuration> {
  const found = configurations.get(provider.version)
  if (found !== undefined) return found
  const looking = discover(provider.settings, door, AbortSignal.timeout(TIMEOUT_SECONDS * 1000))
  configurations.set(provider.version, looking)
  looking.catch(() => configurations.delete(provider.version))
  return looking
}

/** Throws `invalid_request` with one sentence when nobody could sign in with these settings. */
export async function lookUpOidcProvider(
  input: ProviderInput,
  { door, signal }: LookUpSurroundings,
): Promise<OidcSettings> {
  if (input.kind !== 'oidc') throw new Error(`This is a provider of the kind ${input.kind}.`)
  await discover(input, door, signal)
  return input
}

/**
 * Reads the discovery document. The provider must name itself exactly as it was entered: what people are known by is
 * the issuer's spelling, and a document that leaves a gap for tenants would admit every tenant there is.
 */
async function discover(settings: OidcSettings, door: OutboundDoor, signal: AbortSignal): Promise<Configuration> {
  const issuer = readIssuer(settings.issuer)
  const isInsecure = issuer.protocol === 'http:'
  const fetchUntilGone: CustomFetch = (url, options) =>
    outboundFetch(
      url,
      { ...options, signal: options.signal ? AbortSignal.any([options.signal, signal]) : signal },
      door,
    )
  let metadata: ServerMetadata
  try {
    const found = await discovery(issuer, settings.clientId, undefined, None(), {
      timeout: TIMEOUT_SECONDS,
      execute: isInsecure ? [allowInsecureRequests] : [],
      [customFetch]: fetchUntilGone,
    })
    metadata = found.serverMetadata()
  } catch (error) {
    throw describeDiscoveryFailure(error, issuer)
  }
  requireUsable(metadata, settings.issuer, isInsecure)
  const configuration = new Configuration(metadata, settings.clientId, undefined, authenticationOf(settings, metadata))
  configuration.timeout = TIMEOUT_SECONDS
  if (isInsecure) allowInsecureRequests(configuration)
  configuration[customFetch] = (url, options) => outboundFetch(url, options, door)
  // The library trusts an ID token that came over TLS from the token endpoint; its signature is checked besides.
  enableNonRepudiationChecks(configuration)
  return configuration
}

function readIssuer(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw refuse('The issuer must be an address, such as https://login.example.org.')
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw refuse('The issuer must be an address without a query, a fragment or a password.')
  }
  if (url.pathname.includes('/.well-known/')) {
    throw refuse('Enter the issuer itself, without /.well-known/openid-configuration.')
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.host)) {
    throw refuse('The issuer must be reached by https; http is for this machine only.')
  }
  return url
}

function requireUsable(metadata: ServerMetadata, issuer: string, isInsecure: boolean): void {
  if (metadata.issuer !== issuer) throw refuseIssuer(metadata.issuer)
  const endpoints = {
    'authorization endpoint': metadata.authorization_endpoint,
    'token endpoint': metadata.token_endpoint,
    'address of its keys': metadata.jwks_uri,
  }
  for (const [name, address] of Object.entries(endpoints)) {
    const url = address === undefined ? null : URL.parse(address)
    if (url === null) throw refuse(`The provider's discovery document names no ${name}.`)
    const isSafe = url.protocol === 'https:' || (isInsecure && url.protocol === 'http:' && isLoopbackHost(url.host))
    if (!isSafe) throw refuse(`The provider's ${name} is not reached by https.`)
  }
}

/** As the provider prefers; its default is a header. */
function authenticationOf(settings: OidcSettings, metadata: ServerMetadata) {
  const secret = settings.clientSecret?.reveal()
  if (secret === undefined) return None()
  const supported = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return supported.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret)
}

function describeDiscoveryFailure(error: unknown, issuer: URL): AppError {
  const refusal = findRefusal(error)
  if (refusal !== null) return refusal instanceof OutboundRefusal ? refuse(refusal.message) : refusal
  const { code, cause } = error as { code?: string; cause?: unknown }
  switch (code) {
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return refuseIssuer((cause as { body?: { issuer?: unknown } } | undefined)?.body?.issuer)
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM': {
      const status = cause instanceof Response ? ` (${cause.status})` : ''
      return refuse(`There is no discovery document of a provider at ${issuer.href}${status}; check the issuer.`)
    }
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
    case 'OAUTH_INVALID_RESPONSE':
      return refuse(`What ${issuer.host} answers is not a discovery document; check the issuer.`)
    default:
      return refuse(`${issuer.host} could not be reached within ${TIMEOUT_SECONDS} seconds; check the issuer.`)
  }
}

/** What our own policy said, which the library may have wrapped. */
function findRefusal(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  return error instanceof Error && error.cause !== undefined ? findRefusal(error.cause) : null
}

function refuseIssuer(found: unknown): AppError {
  const name = typeof found === 'string' ? `"${found.slice(0, 200)}"` : 'nothing'
  return refuse(`The provider at this address calls itself ${name}; enter the issuer exactly as it does.`)
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
