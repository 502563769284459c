import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import samlify from 'samlify'
import type { SamlFault, SamlProviderInstruction, SamlProviderSetUp } from './saml-provider.ts'

// A process of its own: a SAML identity provider that logs in whom the test names, and which can be told to send
// answers that no provider should.

const { port, key, certificate, foreignKey }: SamlProviderSetUp = JSON.parse(process.argv[2] ?? '{}')
const origin = `http://127.0.0.1:${port}`
const entityId = `${origin}/metadata`
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const ASSERTION = '/*[local-name(.)="Response"]/*[local-name(.)="Assertion"]'
const MINUTE_MS = 60_000

samlify.setSchemaValidator({ validate: async () => 'not checked' })
const idp = samlify.IdentityProvider({
  entityID: entityId,
  privateKey: key,
  signingCert: certificate,
  wantAuthnRequestsSigned: false,
  nameIDFormat: [PERSISTENT],
  singleSignOnService: [
    { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: `${origin}/sign-in` },
  ],
})

let instruction: SamlProviderInstruction = { login: { nameId: 'nobody', attributes: {} } }

createServer((request, response) => {
  const url = new URL(request.url ?? '/', origin)
  if (url.pathname === '/instruction') void follow(request, response)
  else if (url.pathname === '/metadata') response.setHeader('content-type', 'text/xml').end(idp.getMetadata())
  else if (url.pathname === '/moved') response.writeHead(302, { location: entityId }).end()
  else {
    signIn(url, response).catch((error: unknown) => {
      console.error(error)
      response.writeHead(500).end(String(error instanceof Error ? error.stack : error))
    })
  }
}).listen(port, '127.0.0.1')

async function follow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  instruction = JSON.parse(text)
  response.writeHead(204).end()
}

/** Answers with the form that a browser posts by itself. */
async function signIn(url: URL, response: ServerResponse): Promise<void> {
  const sp = samlify.ServiceProvider({ authnRequestsSigned: false })
  const query = Object.fromEntries(url.searchParams)
  const { extract } = await idp.parseLoginRequest(sp, 'redirect', { query })
  const request = {
    id: String(extract.request?.id),
    issuer: String(extract.issuer),
    consumer: String(extract.request?.assertionConsumerServiceUrl),
  }
  const answer = Buffer.from(answerTo(request)).toString('base64')
  const fields = { SAMLResponse: answer, RelayState: url.searchParams.get('RelayState') ?? '' }
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  const form = `<form method="post" action="${escapeText(request.consumer)}">${inputs.join('')}<button>Continue</button></form>`
  response.setHeader('content-type', 'text/html')
  response.end(`<!doctype html><title>Signing in</title>${form}<script>document.forms[0].submit()</script>`)
}

interface LoginRequest {
  readonly id: string
  readonly issuer: string
  readonly consumer: string
}

function answerTo(request: LoginRequest): string {
  const { fault } = instruction
  const assertionId = instruction.assertionId ?? `_${randomBytes(16).toString('hex')}`
  const assertion = writeAssertion(request, assertionId, instruction.login.nameId)
  const plain = writeResponse(request, assertion)
  const signed = sign(plain, fault)
  switch (fault) {
    case 'unsigned':
      return plain
    case 'changed-after-signing':
      return signed.replace(instruction.login.nameId, 'mallory')
    case 'commented-name': {
      const { nameId } = instruction.login
      return signed.replace(`>${nameId}<`, `>${nameId.slice(0, 3)}<!---->${nameId.slice(3)}<`)
    }
    case 'entities':
      return `<!DOCTYPE a [<!ENTITY who "mallory">]>${signed}`
    case 'encrypted':
      return signed.replace(/<saml:Assertion.*<\/saml:Assertion>/s, '<saml:EncryptedAssertion/>')
    case 'wrapped-beside':
      return insert(signed, '<saml:Assertion', writeAssertion(request, '_evil', 'mallory'))
    case 'wrapped-in-extensions':
      return hide(signed, (original) => ({
        before: `<samlp:Extensions>${original}</samlp:Extensions>`,
        instead: writeAssertion(request, '_evil', 'mallory'),
      }))
    case 'wrapped-in-signature':
      return hide(signed, (original) => {
        const signature = /<ds:Signature.*<\/ds:Signature>|<Signature.*<\/Signature>/s.exec(original)?.[0] ?? ''
        const end = signature.startsWith('<ds:') ? '</ds:Signature>' : '</Signature>'
        const object = `<Object xmlns="http://www.w3.org/2000/09/xmldsig#">${original.replace(signature, '')}</Object>`
        const evil = writeAssertion(request, '_evil', 'mallory')
        const issuerEnd = evil.indexOf('</saml:Issuer>') + '</saml:Issuer>'.length
        const wrapped = signature.slice(0, -end.length) + object + end
        return { before: '', instead: evil.slice(0, issuerEnd) + wrapped + evil.slice(issuerEnd) }
      })
    case 'doubled-id':
      return insert(
        signed,
        '<saml:Assertion',
        `<samlp:Extensions><x xmlns="x" ID="${assertionId}"/></samlp:Extensions>`,
      )
    default:
      return signed
  }
}

function sign(xml: string, fault: SamlFault | undefined): string {
  const privateKey = fault === 'foreign-key' ? foreignKey : key
  const algorithm = fault === 'sha1' ? 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' : undefined
  const signatureAlgorithm = algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
  const signAt = (text: string, path: string) =>
    samlify.SamlLib.constructSAMLSignature({
      rawSamlMessage: text,
      referenceTagXPath: path,
      privateKey,
      signatureAlgorithm,
      signingCert: certificate.replace(/-----[A-Z ]+-----|\s/g, ''),
      isBase64Output: false,
      signatureConfig: {
        prefix: 'ds',
        location: { reference: `${path}/*[local-name(.)="Issuer"]`, action: 'after' },
      },
    })
  const withAssertion = signAt(xml, ASSERTION)
  return instruction.signsResponse ? signAt(withAssertion, '/*[local-name(.)="Response"]') : withAssertion
}

function writeResponse(request: LoginRequest, assertion: string): string {
  const { fault } = instruction
  const status = fault === 'failed' ? 'Responder' : 'Success'
  return [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
    ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(16).toString('hex')}" Version="2.0"`,
    ` IssueInstant="${new Date().toISOString()}"`,
    ` Destination="${fault === 'other-destination' ? 'https://other.example/acs' : escapeText(request.consumer)}"`,
    ` InResponseTo="${request.id}"><saml:Issuer>${entityId}</saml:Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>`,
    `${assertion}</samlp:Response>`,
  ].join('')
}

function writeAssertion(request: LoginRequest, id: string, nameId: string): string {
  const { fault, login } = instruction
  const shiftMs = fault === 'expired' ? -10 * MINUTE_MS : fault === 'early' ? 10 * MINUTE_MS : 0
  const at = (offsetMs: number) => new Date(Date.now() + shiftMs + offsetMs).toISOString()
  const audience = fault === 'other-audience' ? 'https://other.example' : request.issuer
  const restriction = `<saml:AudienceRestriction><saml:Audience>${escapeText(audience)}</saml:Audience></saml:AudienceRestriction>`
  const recipient = fault === 'other-recipient' ? 'https://other.example/acs' : request.consumer
  const inResponseTo = fault === 'other-request' ? '_another' : request.id
  const attributes = Object.entries(login.attributes).map(([name, values]) => {
    const texts = values.map((value) => `<saml:AttributeValue>${escapeText(value)}</saml:AttributeValue>`)
    return `<saml:Attribute Name="${escapeText(name)}">${texts.join('')}</saml:Attribute>`
  })
  return [
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
    ` ID="${id}" Version="2.0" IssueInstant="${at(0)}">`,
    `<saml:Issuer>${fault === 'other-issuer' ? 'https://other.example' : entityId}</saml:Issuer>`,
    `<saml:Subject><saml:NameID Format="${login.nameIdFormat ?? PERSISTENT}">${escapeText(nameId)}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData',
    ` NotOnOrAfter="${at(5 * MINUTE_MS)}" Recipient="${escapeText(recipient)}"`,
    `${fault === 'no-request' ? '' : ` InResponseTo="${inResponseTo}"`}/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${at(-MINUTE_MS / 2)}" NotOnOrAfter="${at(5 * MINUTE_MS)}">`,
    `${fault === 'no-audience' ? '' : restriction}</saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>`,
    'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext>',
    `</saml:AuthnStatement><saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement></saml:Assertion>`,
  ].join('')
}

function insert(xml: string, before: string, text: string): string {
  const at = xml.indexOf(before)
  return xml.slice(0, at) + text + xml.slice(at)
}

/** Puts the signed assertion somewhere else and another one in its place. */
function hide(xml: string, move: (original: string) => { readonly before: string; readonly instead: string }): string {
  const original = /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)?.[0] ?? ''
  const { before, instead } = move(original)
  return xml.replace(original, () => before + instead)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
