import { ScrollArea, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { findNames, type ListedName } from './find-names.ts'
import { stateMessages as messages } from './messages.ts'
import classes from './name-list.module.css'
import { SearchField } from './search-field.tsx'

/** One of a list: what it is found by and, where more is shown than that, what is shown. */
export interface NamedItem extends ListedName {
  readonly content?: ReactNode
}

interface NameListProps {
  /** What they are, for whoever hears the page. */
  readonly label: string
  readonly items: readonly NamedItem[]
  /** How many are said before the list is opened. */
  readonly shown?: number
}

/** A list that is longer than this can be searched. */
const SEARCHED_ABOVE = 20
/** So many are drawn at once; the search looks at all. */
const DRAWN = 200

/** Names in a sentence: after the words that lead to them the first few, and all of them a press away. */
export function NameSentence({ lead, shown = 4, ...list }: NameListProps & { lead: string }) {
  const { items } = list
  const [isOpen, setOpen] = useState(false)
  const first = items.slice(0, shown).map(({ text }) => text)
  const rest = items.length - first.length
  return (
    <div>
      {lead}
      {(rest === 0 || !isOpen) && ` ${first.join(', ')}${rest === 0 ? '.' : ' '}`}
      {rest > 0 && (
        <OpenButton isOpen={isOpen} label={list.label} closed={messages.moreNames(rest)} onToggle={setOpen} />
      )}
      {rest > 0 && isOpen && <WholeList {...list} />}
    </div>
  )
}

/** Rows in a frame: the first few, and all of them a press away. */
export function NameRows({ shown = 8, ...list }: NameListProps) {
  const { items, label } = list
  const [isOpen, setOpen] = useState(false)
  const rest = items.length - shown
  const open = rest > 0 && (
    <OpenButton isOpen={isOpen} label={label} closed={messages.moreNames(rest)} onToggle={setOpen} />
  )
  if (isOpen && rest > 0) {
    return (
      <div>
        {open}
        <WholeList {...list} />
      </div>
    )
  }
  return (
    <ul className={classes.rows} aria-label={label}>
      {items.slice(0, shown).map(({ id, text, content }) => (
        <li key={id}>{content ?? text}</li>
      ))}
      {open && <li className={classes.rest}>{open}</li>}
    </ul>
  )
}

function OpenButton(props: { isOpen: boolean; label: string; closed: string; onToggle: (isOpen: boolean) => void }) {
  const text = props.isOpen ? messages.fewerNames : props.closed
  return (
    <button
      type="button"
      className={classes.open}
      aria-expanded={props.isOpen}
      aria-label={`${text}: ${props.label}`}
      onClick={() => props.onToggle(!props.isOpen)}
    >
      {text}
    </button>
  )
}

function WholeList({ items, label }: NameListProps) {
  const [search, setSearch] = useState('')
  const [drawn, setDrawn] = useState(DRAWN)
  const found = findNames(items, search)
  const left = found.length - drawn
  return (
    <div className={classes.whole}>
      {items.length > SEARCHED_ABOVE && (
        <SearchField
          label={messages.searchNames(label)}
          placeholder={messages.searchNamesPlaceholder(items.length)}
          clearLabel={messages.clearSearch}
          value={search}
          onChange={(text) => {
            setSearch(text)
            setDrawn(DRAWN)
          }}
        />
      )}
      <ScrollArea.Autosize
        mah={220}
        type="auto"
        className={classes.viewport}
        // Nothing inside takes the keyboard, by which the list must be scrolled too.
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
      >
        <ul className={classes.list} aria-label={label}>
          {found.slice(0, drawn).map(({ id, text, detail, content }) => (
            <li key={id}>
              {content ?? text}
              {detail && (
                <Text component="span" size="xs" c="dimmed">
                  {' '}
                  {detail}
                </Text>
              )}
            </li>
          ))}
          {left > 0 && (
            <li>
              <button type="button" className={classes.open} onClick={() => setDrawn(drawn + DRAWN)}>
                {messages.drawMore(Math.min(left, DRAWN))}
              </button>
            </li>
          )}
        </ul>
      </ScrollArea.Autosize>
      {found.length === 0 && <span role="status">{messages.noNameFound}</span>}
    </div>
  )
}
