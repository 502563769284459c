/** The words of the pages that lead to a new password. */
export const messages = {
  forgotTitle: 'Forgot your password?',
  forgotText: 'Enter your e-mail. If somebody here has it, a mail with a link to a new password is on its way.',
  email: 'E-mail',
  emailInvalid: 'Enter an e-mail address, such as ana@example.org.',
  request: 'Send a link',
  requestedTitle: 'Look into your mail',
  requestedText: (email: string) =>
    `If ${email} has an account, a link is on its way. It works once, within an hour. Nothing arrives? Ask an admin of your organization for a link.`,
  toSignIn: 'Back to sign-in',
  newTitle: 'Choose a new password',
  newText: 'You are signed in with it, and signed out everywhere else.',
  password: 'New password',
  capsLock: 'Caps Lock is on.',
  set: 'Set password and sign in',
  incompleteTitle: 'This link is incomplete',
  incompleteText: 'Open it as a whole, or ask for a new one.',
  another: 'Ask for a new link',
}
