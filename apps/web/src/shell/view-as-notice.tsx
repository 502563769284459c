import type { SessionInfo } from '@graticule/contract'
import { IconEye } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { endViewAs } from '../api/session.ts'
import { Button, formatExactTime } from '../ui/index.ts'
import { messages } from './messages.ts'
import classes from './signed-in.module.css'
import { useSession } from './use-session.ts'

/** Everything that was read as somebody else is forgotten with the page. */
const leave = () => window.location.assign('/settings/users')

/** Says as whom one looks, that nothing can be changed, and how to be oneself again. */
export function ViewAsNotice({ name, until }: NonNullable<SessionInfo['viewedBy']>) {
  const { user } = useSession()
  const { isPending, mutate } = useMutation({ mutationFn: endViewAs, onSettled: leave })
  useEffect(() => {
    // From then on the server takes whoever looks for themself, so the page must not go on as somebody else.
    const timer = setTimeout(leave, Math.max(0, new Date(until).getTime() - Date.now()))
    return () => clearTimeout(timer)
  }, [until])
  return (
    <aside className={classes.support} aria-label={messages.viewAs}>
      <IconEye size={16} stroke={1.6} className={classes.icon} aria-hidden />
      <span>
        <b>{messages.viewAsWho(user.name, messages.roles[user.role])}</b>{' '}
        {messages.viewAsRule(name, formatExactTime(new Date(until)))}
      </span>
      <Button className={classes.exit} size="compact-xs" variant="default" loading={isPending} onClick={() => mutate()}>
        {messages.viewAsExit}
      </Button>
    </aside>
  )
}
