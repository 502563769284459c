import { useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { VisuallyHidden } from '../ui/index.ts'

/** Pages set their title in an effect of their own, and lazy ones a little later. */
const TITLE_DELAY_MS = 300

/** Tells screen readers which page has opened: a single-page app changes pages in silence otherwise. */
export function RouteAnnouncer() {
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const [title, setTitle] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is what calls for the announcement.
  useEffect(() => {
    const timer = setTimeout(() => setTitle(document.title), TITLE_DELAY_MS)
    return () => clearTimeout(timer)
  }, [pathname])
  return <VisuallyHidden aria-live="polite">{title}</VisuallyHidden>
}
