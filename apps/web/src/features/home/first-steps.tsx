import { IconCode, IconMap2, IconShare, IconTable, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { ActionIcon, Tooltip, useLocalStorage } from '../../ui/index.ts'
import classes from './home.module.css'
import { messages } from './messages.ts'

const STEPS = [
  { ...messages.steps.data, to: '/data', Icon: IconTable },
  { ...messages.steps.map, to: '/data', Icon: IconMap2 },
  { ...messages.steps.share, to: '/maps', Icon: IconShare },
  { ...messages.steps.code, to: '/developers', Icon: IconCode },
] as const

/** Four links that lead a new person from a table to a shared map; it stays away once it was hidden. */
export function FirstSteps() {
  const [isHidden, setIsHidden] = useLocalStorage({ key: 'graticule-first-steps-hidden', defaultValue: false })
  if (isHidden) return null
  return (
    <section aria-label={messages.stepsTitle}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{messages.stepsTitle}</h2>
        <Tooltip label={messages.stepsHide}>
          <ActionIcon size={22} aria-label={messages.stepsHide} onClick={() => setIsHidden(true)}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ol className={classes.steps}>
        {STEPS.map(({ title, text, to, Icon }) => (
          <li key={title}>
            <Link to={to} className={classes.step}>
              <span className={classes.stepTitle}>
                <Icon size={16} stroke={1.6} className={classes.stepIcon} aria-hidden />
                {title}
              </span>
              <p className={classes.stepText}>{text}</p>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  )
}
