/** The words of the page on which people ask to join. */
export const messages = {
  title: 'Ask to join',
  text: 'An admin looks at your request. If they accept it, you get an invitation by e-mail, or a link from them.',
  email: 'E-mail',
  emailInvalid: 'Enter an e-mail address, such as ana@example.org.',
  name: 'Your name',
  nameMissing: 'Enter your name.',
  message: 'Message to the admins (optional)',
  submit: 'Ask to join',
  askedTitle: 'Your request is on its way',
  askedText: 'An admin will look at it. You need not ask again.',
  closedTitle: 'Nobody can ask to join here',
  closedText: 'Ask an admin of the organization for an invitation.',
  toSignIn: 'Back to sign-in',
  awaiting: 'whether one may ask',
}
