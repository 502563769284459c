import type { UserService } from '../users/user-service.ts'
import type { SetupService } from './setup-service.ts'
import type { SignInService } from './sign-in-service.ts'

/** A page that lets the person at the console in, once. */
export interface FirstPage {
  readonly purpose: 'sign-in' | 'setup'
  readonly url: string
}

/** A set-up link while there is no organization, a sign-in link while there is a demo; else nobody needs one. */
export async function createFirstPage(
  services: { readonly setup: SetupService; readonly signIns: SignInService; readonly users: UserService },
  baseUrl: string,
): Promise<FirstPage | null> {
  const setupToken = await services.setup.createLink()
  if (setupToken !== null) return { purpose: 'setup', url: `${baseUrl}/setup?token=${setupToken}` }
  const demoAdminId = await services.users.findDemoAdminId()
  if (demoAdminId === null) return null
  return { purpose: 'sign-in', url: `${baseUrl}/sign-in?link=${await services.signIns.createLink(demoAdminId)}` }
}
