import { IconLifebuoy } from '@tabler/icons-react'
import { formatExactTime } from '../ui/index.ts'
import { messages } from './messages.ts'
import classes from './signed-in.module.css'
import { useSession } from './use-session.ts'

/** Reminds a support person whose organization this is, and until when they are here. */
export function SupportNotice({ endsAt }: { endsAt: string }) {
  const { organization } = useSession()
  return (
    <aside className={classes.support} aria-label={messages.supportAccess}>
      <IconLifebuoy size={16} stroke={1.6} className={classes.icon} aria-hidden />
      <span>
        <b>{messages.supportUntil(formatExactTime(new Date(endsAt)))}</b> {messages.supportLogged(organization.name)}
      </span>
    </aside>
  )
}
