import { AppError } from '@graticule/contract'
import { isLoopbackHost } from '../../../../http/public-address.ts'
import { DocumentProblem, readDocument } from '../../../../platform/outbound/read-document.ts'
import type { ProviderInput, SamlInput, SamlSettings } from '../../../identity-providers/provider-settings.ts'
import type { LookUpSurroundings } from '../login-method.ts'
import { readCertificate } from './certificates.ts'
import { type ProviderMetadata, readMetadata } from './metadata.ts'

const MAX_BYTES = 500_000
const TIMEOUT_MS = 10_000
const MAX_CERTIFICATES = 10

/** The settings of a provider out of what was entered. Throws `invalid_request` with what is wrong. */
export async function lookUpSamlProvider(input: ProviderInput, around: LookUpSurroundings): Promise<SamlSettings> {
  if (input.kind !== 'saml') throw new Error(`This is a provider of the kind ${input.kind}.`)
  const { issuer, signInUrl, certificates } = await readSource(input, around)
  const url = URL.parse(signInUrl)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.host))
  if (url === null || !isSafe || url.username !== '' || url.hash !== '') {
    throw refuse('The sign-in address of the provider must be reached by https; http is for this machine only.')
  }
  if (certificates.length > MAX_CERTIFICATES) throw refuse(`A provider has at most ${MAX_CERTIFICATES} certificates.`)
  return {
    kind: 'saml',
    issuer,
    signInUrl: url.href,
    certificates: [...new Set(certificates.map(readCertificate))],
    subjectAttribute: input.subjectAttribute?.trim() || null,
    emailAttribute: input.emailAttribute?.trim() || null,
  }
}

async function readSource(input: SamlInput, around: LookUpSurroundings): Promise<ProviderMetadata> {
  const { certificates, issuer, metadata, metadataUrl, signInUrl } = input
  const byHand = issuer !== undefined || signInUrl !== undefined || certificates !== undefined
  const sources = [metadata !== undefined, metadataUrl !== undefined, byHand].filter(Boolean)
  if (sources.length === 1) {
    if (metadata !== undefined) return readMetadata(metadata)
    if (metadataUrl !== undefined) return readMetadata(await fetchMetadata(metadataUrl, around))
    if (issuer !== undefined && signInUrl !== undefined && certificates !== undefined) {
      return { issuer: issuer.trim(), signInUrl: signInUrl.trim(), certificates }
    }
  }
  throw refuse('Give one of these: the metadata, its address, or issuer, sign-in address and certificates together.')
}

async function fetchMetadata(address: string, { door, signal }: LookUpSurroundings): Promise<string> {
  try {
    return await readDocument(address.trim(), { door, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal })
  } catch (error) {
    throw error instanceof DocumentProblem ? refuse(error.message) : error
  }
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
