/** The words of the page that a link of support access leads to. */
export const messages = {
  title: 'Support access',
  text: 'This link lets you in once. Then you prove, or set up, a second factor: you have no password here.',
  logged: 'What you do is logged under your name, and ends with your access.',
  submit: 'Sign in',
  unusableTitle: 'This link cannot be used',
  incomplete: 'The link is incomplete. Open it as a whole, or ask an admin of the organization for a new one.',
}
