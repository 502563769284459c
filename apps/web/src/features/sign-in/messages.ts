/** The words of the sign-in page. */
export const messages = {
  title: 'Sign in to Graticule',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  or: 'or',
  signInWith: (name: string) => `Sign in with ${name}`,
  problemTitle: 'You were not signed in',
  capsLock: 'Caps Lock is on.',
  emailMissing: 'Enter your e-mail address.',
  passwordMissing: 'Enter your password.',
  ended: 'Your session has ended. Sign in again to go on where you were.',
  linkPending: 'Signing you in with your one-time link…',
  linkFailedTitle: 'This link does not work any more',
  linkFailedHint: 'A link works once and for a short time. Sign in with your password, or ask for a new link.',
  forgot: 'Forgot your password?',
  help: 'No account? An admin of your organization can invite you.',
}
