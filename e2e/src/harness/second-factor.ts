import { TOTP } from 'otpauth'

/** Gives somebody an authenticator app over the API, as enforcing single sign-on asks of its break-glass admin. */
export async function setUpAuthenticatorApp(
  origin: string,
  person: { readonly email: string; readonly password: string },
): Promise<void> {
  let cookie = ''
  const post = async (path: string, body: object): Promise<Response> => {
    const headers = { cookie, origin, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer
  }
  const signedIn = await post('/auth/sign-in', person)
  cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const proof = { kind: 'password', password: person.password }
  const { secret } = (await (await post('/auth/totp', { proof })).json()) as { secret: string }
  await post('/auth/totp/confirm', { code: new TOTP({ secret }).generate() })
}
