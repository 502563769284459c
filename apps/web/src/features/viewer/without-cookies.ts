/**
 * From now on no request of this page carries cookies, whichever library sends it: tiles, widgets and statistics go
 * through code that is not ours. An embed calls this before its first request and never leaves that state.
 */
export function withoutCookies(): true {
  const send = window.fetch.bind(window)
  window.fetch = (input, init) => send(input, { ...init, credentials: 'omit' })
  return true
}
