import { IconHelmet } from '@tabler/icons-react'
import { messages } from './messages.ts'
import classes from './signed-in.module.css'
import { useSession } from './use-session.ts'

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** Reminds a support person whose organization this is, and until when they are here. */
export function SupportNotice({ endsAt }: { endsAt: string }) {
  const { organization } = useSession()
  return (
    <aside className={classes.support} aria-label={messages.supportAccess}>
      <IconHelmet size={16} stroke={1.6} aria-hidden />
      <span>
        <b>{messages.supportUntil(format.format(new Date(endsAt)))}</b> {messages.supportLogged(organization.name)}
      </span>
    </aside>
  )
}
