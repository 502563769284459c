import type { PasswordChangeBody, PasswordLinkSent, PasswordResetBody, SignInAnswer } from '@graticule/contract'
import { apiPath, sendRequest } from './client.ts'

/** Changes one's own password; one's other sessions end. */
export function changePassword(body: PasswordChangeBody): Promise<void> {
  return sendRequest('/auth/password', { method: 'POST', body })
}

/** Asks for a mail with a link to a new password. */
export function requestPasswordLink(email: string): Promise<void> {
  return sendRequest('/auth/password/link', { method: 'POST', body: { email } })
}

/** Sets a new password by a link, and starts a session. */
export function resetPassword(body: PasswordResetBody): Promise<SignInAnswer> {
  return sendRequest('/auth/password/reset', { method: 'POST', body })
}

/** Makes a link to a new password for somebody else. */
export function makePasswordLink(userId: string): Promise<PasswordLinkSent> {
  return sendRequest(apiPath('/workspace-api/users', userId, 'password-link'), { method: 'POST' })
}
