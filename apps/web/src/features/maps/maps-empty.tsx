import { IconClock, IconMap2, IconSearch, IconStar, IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Button, PageState } from '../../ui/index.ts'
import { isNarrowed, type MapsSearch } from './maps-search.ts'
import { messages } from './messages.ts'

/** Why the list is empty, and the one next step. */
export function MapsEmpty(props: { search: MapsSearch; canCreate: boolean; onChange: (changes: MapsSearch) => void }) {
  const { search } = props
  if (isNarrowed(search)) {
    return (
      <PageState
        icon={<IconSearch size={20} />}
        title={messages.noMatchTitle}
        actions={
          <Button
            variant="default"
            onClick={() => props.onChange({ search: undefined, owner: undefined, tag: undefined, privacy: undefined })}
          >
            {messages.clearFilters}
          </Button>
        }
      >
        {search.search === undefined ? messages.noFilterMatchText : messages.noMatchText(search.search)}
      </PageState>
    )
  }
  if (search.scope === 'favourites') {
    return (
      <PageState icon={<IconStar size={20} />} title={messages.emptyFavouritesTitle}>
        {messages.emptyFavouritesText}
      </PageState>
    )
  }
  if (search.scope === 'recent') {
    return (
      <PageState icon={<IconClock size={20} />} title={messages.emptyRecentTitle}>
        {messages.emptyRecentText}
      </PageState>
    )
  }
  if (search.scope === 'shared') {
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
