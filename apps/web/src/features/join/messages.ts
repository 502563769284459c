/** The words of the page on which people ask to join. */
export const messages = {
  title: 'Ask to join',
  text: 'Where your e-mail’s domain lets you in, you are mailed a link. Otherwise an admin looks at your request, and if they accept it, you get an invitation by e-mail, or a link from them.',
  email: 'E-mail',
  emailInvalid: 'Enter an e-mail address, such as ana@example.org.',
  name: 'Your name',
  nameMissing: 'Enter your name.',
  message: 'Message to the admins (optional)',
  submit: 'Ask to join',
  waiting: { title: 'Your request is on its way', text: 'An admin will look at it. You need not ask again.' },
  mailed: {
    title: 'Look into your mail',
    text: 'People of your domain join by themselves: if you have no account yet, a link is on its way. It works once.',
  },
  closedTitle: 'Nobody can ask to join here',
  closedText: 'Ask an admin of the organization for an invitation.',
  toSignIn: 'Back to sign-in',
  awaiting: 'whether one may ask',
}
