import type { SinkKind } from '../sink.ts'

/**
 * Posts `{"events": […]}` to an address that answers with 2xx once it has them: `https://collector.example.org/graticule`.
 * A name and password in the address are sent as basic authentication.
 */
export const webhookSink: SinkKind = {
  protocols: ['https:', 'http:'],
  open(address) {
    const url = new URL(address)
    const { username, password } = url
    url.username = ''
    url.password = ''
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (credentials !== ':') headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
    return {
      async deliver(events, signal) {
        const answer = await fetch(url, {
          method: 'POST',
          headers,
          body: JSON.stringify({ events }),
          redirect: 'error',
          signal,
        })
        await answer.body?.cancel()
        if (!answer.ok) throw new Error(`${url.host} answered ${answer.status}.`)
      },
    }
  },
}
