import { IconMap2, IconSearch, IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Button, PageState } from '../../ui/index.ts'
import type { MapsSearch } from './maps-search.ts'
import { messages } from './messages.ts'

/** Why the list is empty, and the one next step. */
export function MapsEmpty(props: { search: MapsSearch; canCreate: boolean; onChange: (changes: MapsSearch) => void }) {
  if (props.search.search) {
    return (
      <PageState
        icon={<IconSearch size={20} />}
        title={messages.noMatchTitle}
        actions={
          <Button variant="default" onClick={() => props.onChange({ search: undefined })}>
            {messages.clearSearch}
          </Button>
        }
      >
        {messages.noMatchText(props.search.search)}
      </PageState>
    )
  }
  if (props.search.scope === 'shared') {
    return (
      <PageState icon={<IconUsers size={20} />} title={messages.emptySharedTitle}>
        {messages.emptySharedText}
      </PageState>
    )
  }
  return (
    <PageState
      icon={<IconMap2 size={20} />}
      title={messages.emptyTitle}
      actions={
        props.canCreate && (
          <Button renderRoot={(button) => <Link to="/data" {...button} />}>{messages.browseData}</Button>
        )
      }
    >
      {props.canCreate ? messages.emptyText : messages.emptyReadOnlyText}
    </PageState>
  )
}
