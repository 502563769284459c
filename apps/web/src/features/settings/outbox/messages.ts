/** The words of the outbox. */
export const messages = {
  title: 'Outbox',
  forbiddenTitle: 'Outbox is not for your role',
  awaiting: 'the mails',
  explanation:
    'No mail server is set (SMTP_URL), so nothing is sent. Mails of the last day stay here until the server restarts; pass on what is in them.',
  emptyTitle: 'No mails',
  emptyText: 'Invitations and other mails appear here.',
  unusedTitle: 'Mails are sent',
  unusedText: 'A mail server is set, so nothing stays here.',
  to: (address: string) => `To ${address}`,
  mailTo: (address: string) => `Mail to ${address}`,
  copy: (address: string) => `Copy the mail to ${address}`,
}
