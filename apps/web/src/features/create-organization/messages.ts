/** The words of the page on which visitors create an organization. */
export const messages = {
  title: 'Create an organization',
  text: 'We mail you a link. Whoever opens it chooses a password and is the first superadmin.',
  organization: 'Organization',
  organizationMissing: 'Enter the name of your organization.',
  email: 'Your e-mail',
  emailInvalid: 'Enter an e-mail address, such as ana@example.org.',
  submit: 'Mail me the link',
  sentTitle: 'Look into your mail',
  sentText: (email: string) => `The link is on its way to ${email}. It works once, within seven days.`,
  closedTitle: 'Organizations are not created here',
  closedText: 'Ask whoever runs this installation, or ask an admin for an invitation to theirs.',
  toSignIn: 'Back to sign-in',
  awaiting: 'whether one may create an organization',
}
