import { OAUTH_AUDIENCE, type OAuthClientSummary } from '@graticule/contract'

/** Code that gets a token for a client and draws with it. */
export function oauthClientSample(client: OAuthClientSummary, baseUrl: string, clientSecret: string | null): string {
  if (client.kind === 'machine') return machineSample(client.id, baseUrl, clientSecret ?? 'YOUR_CLIENT_SECRET')
  const callback = JSON.stringify(client.callbackUrls[0] ?? '')
  return `import { vectorTableSource } from '@carto/api-client'
import * as oauth from 'openid-client'

const server = new URL('${baseUrl}/oauth')
const config = await oauth.discovery(server, '${client.id}', undefined, oauth.None())

if (!location.search.includes('code=')) {
  const verifier = oauth.randomPKCECodeVerifier()
  sessionStorage.setItem('verifier', verifier)
  location.assign(
    oauth.buildAuthorizationUrl(config, {
      redirect_uri: ${callback},
      scope: 'openid profile',
      audience: '${OAUTH_AUDIENCE}',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
  )
} else {
  const { access_token: accessToken } = await oauth.authorizationCodeGrant(config, new URL(location.href), {
    pkceCodeVerifier: sessionStorage.getItem('verifier'),
  })
  // For a layer of deck.gl.
  const data = vectorTableSource({
    apiBaseUrl: '${baseUrl}',
    accessToken,
    connectionName: 'YOUR_CONNECTION',
    tableName: 'YOUR_TABLE',
  })
}`
}

function machineSample(id: string, baseUrl: string, secret: string): string {
  return `curl --user '${id}:${secret}' \\
  --data 'grant_type=client_credentials&audience=${OAUTH_AUDIENCE}' \\
  '${baseUrl}/oauth/token'`
}
