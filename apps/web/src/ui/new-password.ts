import { MIN_PASSWORD_LENGTH } from '@graticule/contract'
import { stateMessages } from './messages.ts'

/** What stands below a field for a new password. */
export const NEW_PASSWORD_HELP = stateMessages.newPasswordHelp(MIN_PASSWORD_LENGTH)

/** The sentence about a new password that is too short; null for one that will do. */
export function checkNewPassword(password: string): string | null {
  return password.length >= MIN_PASSWORD_LENGTH ? null : stateMessages.newPasswordShort(MIN_PASSWORD_LENGTH)
}
