import type { Decision } from './can.ts'

/** Domains at which anybody gets a mailbox: whoever has one there belongs to nobody. */
const PUBLIC_MAIL_DOMAINS: ReadonlySet<string> = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'hotmail.co.uk',
  'hotmail.fr',
  'live.com',
  'msn.com',
  'yahoo.com',
  'yahoo.co.uk',
  'yahoo.fr',
  'ymail.com',
  'rocketmail.com',
  'aol.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'proton.me',
  'protonmail.com',
  'pm.me',
  'gmx.com',
  'gmx.de',
  'gmx.net',
  'gmx.at',
  'gmx.ch',
  'web.de',
  't-online.de',
  'freenet.de',
  'mail.com',
  'email.com',
  'mail.ru',
  'bk.ru',
  'inbox.ru',
  'list.ru',
  'yandex.ru',
  'yandex.com',
  'qq.com',
  '163.com',
  '126.com',
  'sina.com',
  'naver.com',
  'daum.net',
  'zoho.com',
  'fastmail.com',
  'tutanota.com',
  'tuta.io',
  'hey.com',
  'orange.fr',
  'wanadoo.fr',
  'free.fr',
  'laposte.net',
  'libero.it',
  'virgilio.it',
  'telefonica.net',
  'terra.com.br',
  'uol.com.br',
  'bol.com.br',
  'rediffmail.com',
  'comcast.net',
  'verizon.net',
  'att.net',
  'sbcglobal.net',
  'btinternet.com',
  'mailinator.com',
])

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Whether an organization may say that this domain, as DNS writes it, is its own. */
export function decideDomainClaim(domain: string): Decision {
  const labels = domain.split('.')
  const last = labels.at(-1) ?? ''
  const isDomain = labels.length >= 2 && domain.length <= 253 && labels.every((label) => LABEL.test(label))
  if (!isDomain || /^\d+$/.test(last)) {
    return { allowed: false, reason: 'This is not a domain; it looks like example.org.', rule: 'domain-claim.form' }
  }
  if (PUBLIC_MAIL_DOMAINS.has(domain)) {
    const reason = `Anybody can get an e-mail at ${domain}, so it cannot be an organization's own.`
    return { allowed: false, reason, rule: 'domain-claim.public' }
  }
  return { allowed: true, reason: 'It can be proved to be yours.', rule: 'domain-claim' }
}
