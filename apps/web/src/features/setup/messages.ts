/** The words of the set-up page. */
export const messages = {
  title: 'Set up Graticule',
  intro: 'This server is new. Name your organization and create its first administrator.',
  offerIntro: 'Choose your name and a password: the organization is yours, and you are its first superadmin.',
  emailHelp: 'The link is for this address; you sign in with it.',
  organization: 'Organization',
  name: 'Your name',
  email: 'E-mail',
  password: 'Password',
  capsLock: 'Caps Lock is on.',
  submit: 'Create organization',
  organizationMissing: 'Enter the name of your organization.',
  nameMissing: 'Enter your name.',
  emailInvalid: 'Enter an e-mail address, such as ana@example.org.',
  checking: 'the set-up link to be checked',
  invalidTitle: 'This set-up link cannot be used',
  invalidText:
    'It was used already, or it is too old. Whoever runs this installation makes a new one; while nobody is registered, a restart of the server prints it on its console.',
  toSignIn: 'Go to sign-in',
}
