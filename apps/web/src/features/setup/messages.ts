/** The words of the set-up page. */
export const messages = {
  title: 'Set up Graticule',
  intro: 'This server is new. Name your organization and create its first administrator.',
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
    'It was used already, or it is not the newest one. Restart the server: while nobody is registered it prints a new link on its console.',
  toSignIn: 'Go to sign-in',
}
