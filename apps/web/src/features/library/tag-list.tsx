import type { DocumentKind } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import classes from './library.module.css'
import { libraryMessages as messages } from './messages.ts'

const LISTS = { map: '/maps', workflow: '/workflows' } as const satisfies Record<DocumentKind, string>

/** The tags of something; each leads to all of its kind that have it. */
export function TagList({ kind, name, tags }: { kind: DocumentKind; name: string; tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <ul className={classes.tags} aria-label={messages.tagsTitle(name)}>
      {tags.map((tag) => (
        <li key={tag}>
          <Link to={LISTS[kind]} search={{ tag }} className={classes.tag} aria-label={messages.withTag[kind](tag)}>
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  )
}
