import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import Provider, { type Configuration } from 'oidc-provider'
import type { IssuedTokens, OidcProviderInstruction, OidcProviderOptions } from './oidc-provider.ts'

// A process of its own: an OpenID provider whose login form is answered by the test, and which can be told to send ID
// tokens that no provider should.

const { port, clients, tokenSeconds }: OidcProviderOptions & { port: number } = JSON.parse(process.argv[2] ?? '{}')
const issuer = `http://127.0.0.1:${port}`
const ownKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** What every account has said of it; one that was never told of cannot be logged in to. */
const accounts = new Map<string, Readonly<Record<string, unknown>>>()
/** What it gave away so far. */
const issued: IssuedTokens[] = []
let instruction: OidcProviderInstruction = { login: null }

const configuration: Configuration = {
  clients: [...clients],
  jwks: { keys: [{ ...ownKey.privateKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups', 'preferred_username'] },
  cookies: { keys: ['of a test'] },
  pkce: { required: () => true },
  scopes: ['openid', 'offline_access', 'email', 'profile'],
  // To whoever may have one, as most providers do, without another question to the person.
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ...(tokenSeconds === undefined ? {} : { ttl: { AccessToken: tokenSeconds, IdToken: tokenSeconds } }),
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = form
      },
    },
  },
  // Its own agent refuses loopback, where the application under test is.
  fetch: (url, options) => {
    const { dispatcher: _, ...plain } = (options ?? {}) as RequestInit & { dispatcher?: unknown }
    return fetch(url, plain)
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...accounts.get(sub), sub }) }),
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc
    const grantId = client && session?.grantIdFor(client.clientId)
    const known = grantId && (await provider.Grant.find(grantId))
    if (known) return known
    const grant = new provider.Grant({ accountId: session?.accountId, clientId: client?.clientId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
}

const provider = new Provider(issuer, configuration)
provider.use(async (ctx, next) => {
  await next()
  const body = ctx.body as { id_token?: string } | undefined
  const { access_token: access, id_token: id, refresh_token: refresh } = (ctx.body ?? {}) as Record<string, string>
  if (ctx.path === '/token' && access !== undefined) issued.push({ access, id: id ?? null, refresh: refresh ?? null })
  if (ctx.path === '/token' && body?.id_token !== undefined) ctx.body = { ...body, id_token: alter(body.id_token) }
})

const answerAsProvider = provider.callback()
createServer((request, response) => {
  const path = request.url ?? '/'
  if (path === '/issued') response.end(JSON.stringify(issued))
  else if (path === '/instruction') void follow(request, response)
  else if (path.startsWith('/interaction/')) void logIn(request, response)
  else void answerAsProvider(request, response)
}).listen(port, '127.0.0.1')

async function follow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  instruction = JSON.parse(text)
  if (instruction.login !== null) accounts.set(instruction.login.sub, instruction.login.claims)
  response.writeHead(204).end()
}

/** What a person would do in the form, or its Cancel button. */
async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { login } = instruction
  const result =
    login === null
      ? { error: 'access_denied', error_description: 'Nobody wants to log in.' }
      : { login: { accountId: login.sub } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

function alter(idToken: string): string {
  const [header = '', payload = ''] = idToken.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...instruction.claims }
  switch (instruction.signature ?? 'own') {
    case 'none':
      return `${encode({ alg: 'none' })}.${encode(claims)}.`
    case 'foreign':
      return sign(JSON.parse(Buffer.from(header, 'base64url').toString()), claims, foreignKey.privateKey)
    case 'own':
      return sign(JSON.parse(Buffer.from(header, 'base64url').toString()), claims, ownKey.privateKey)
  }
}

function sign(header: object, claims: object, key: KeyObject): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${createSign('sha256').update(text).sign(key, 'base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
