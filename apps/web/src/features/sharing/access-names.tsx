import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleWithAccessQuery, type Shareable } from '../../api/sharing.ts'
import { messages as shellMessages } from '../../shell/messages.ts'
import { Badge, ErrorState, ListFooter, RelativeTime, ScrollArea, SearchField, Skeleton, Text } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

const PAGE_SIZE = 50
/** A list that is longer than this can be searched. */
const SEARCHED_ABOVE = 20

/** Who has access, and by which way: page by page, and found by name or e-mail where they are many. */
export function AccessNames({ asset, peopleCount }: { asset: Shareable; peopleCount: number }) {
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(1)
  const { data, error } = useQuery(peopleWithAccessQuery(asset, { search, page, pageSize: PAGE_SIZE }))
  if (error) return <ErrorState error={error} isPart />
  return (
    <div className={classes.access}>
      {peopleCount > SEARCHED_ABOVE && (
        <SearchField
          label={messages.searchPeople}
          placeholder={messages.searchPeoplePlaceholder(peopleCount)}
          clearLabel={messages.clearPeopleSearch}
          value={search}
          onChange={(text) => {
            setSearch(text)
            setPage(1)
          }}
        />
      )}
      {data ? (
        <ScrollArea.Autosize
          mah={220}
          type="auto"
          // Nothing inside takes the keyboard, by which the list must be scrolled too.
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': messages.peopleWithAccess }}
        >
          <ul className={classes.people} aria-label={messages.peopleWithAccess}>
            {data.people.map((person) => (
              <li key={person.id}>
                <span title={person.email}>
                  {person.name} {person.isSupport && <Badge color="yellow">{shellMessages.support}</Badge>}
                </span>
                <Text component="span" size="xs" c="dimmed">
                  {person.paths.map((path) => messages.paths[path]).join(', ')}
                  {person.until && (
                    <>
                      , {messages.ends} <RelativeTime at={person.until} />
                    </>
                  )}
                </Text>
              </li>
            ))}
          </ul>
        </ScrollArea.Autosize>
      ) : (
        <Skeleton height={80} aria-label={messages.awaiting} />
      )}
      {data?.total === 0 && <Text role="status">{messages.nobodyOfThem}</Text>}
      {data && (data.total > PAGE_SIZE || page > 1) && (
        <ListFooter
          count={messages.peopleFound(data.total)}
          total={data.total}
          pageSize={PAGE_SIZE}
          page={page}
          pagesLabel={messages.peoplePages}
          onPage={(next) => setPage(next ?? 1)}
        />
      )}
    </div>
  )
}
