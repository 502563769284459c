/** A person who is signed in, as a program sees it: the session cookie and the JSON calls of the workspace. */
export class WorkspaceClient {
  readonly baseUrl: string
  readonly cookie: string

  private constructor(baseUrl: string, cookie: string) {
    this.baseUrl = baseUrl
    this.cookie = cookie
  }

  /** Signs in with e-mail and password; throws with the server's sentence when it refuses. */
  static async signIn(baseUrl: string, email: string, password: string): Promise<WorkspaceClient> {
    const response = await fetch(`${baseUrl}/auth/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: baseUrl },
      body: JSON.stringify({ email, password }),
    })
    if (!response.ok) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`)
    const cookie = response.headers
      .getSetCookie()
      .map((header) => header.split(';')[0])
      .join('; ')
    return new WorkspaceClient(baseUrl, cookie)
  }

  /** The answer's JSON; throws with method, path, status and body when it is not 2xx. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** The bare answer, whatever its status. */
  send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.baseUrl + path, {
      method,
      headers: {
        Cookie: this.cookie,
        Origin: this.baseUrl,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}
