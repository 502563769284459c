import { ldapMethod } from './ldap/method.ts'
import type { LoginMethod } from './login-method.ts'
import { oidcMethod } from './oidc/method.ts'
import { passkeyMethod } from './passkey/method.ts'
import { passwordMethod } from './password/method.ts'
import { samlMethod } from './saml/method.ts'

/** Every way to sign in. */
export const LOGIN_METHODS: readonly LoginMethod[] = [passwordMethod, passkeyMethod, oidcMethod, samlMethod, ldapMethod]
