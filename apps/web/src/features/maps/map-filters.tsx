import { PRIVACIES } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { mapOwnersQuery } from '../../api/library.ts'
import { useSession } from '../../shell/use-session.ts'
import { lookupError, Select } from '../../ui/index.ts'
import { TagFilter } from '../library/tag-filter.tsx'
import type { MapsSearch } from './maps-search.ts'
import { messages } from './messages.ts'
import { ownerName } from './owner-name.ts'

/** Narrows the list to one owner, one tag or one visibility, of those that there are among the maps of the person. */
export function MapFilters({ search, onChange }: { search: MapsSearch; onChange: (changes: MapsSearch) => void }) {
  const { user } = useSession()
  const lookup = useQuery(mapOwnersQuery)
  const owners = lookup.data?.owners ?? []
  return (
    <>
      <Select
        aria-label={messages.ownerFilter}
        placeholder={messages.anyOwner}
        w={130}
        searchable
        clearable
        limit={100}
        nothingFoundMessage={lookupError(lookup)}
        data={owners.map((owner) => ({ value: owner.id, label: ownerName(owner, user.id) }))}
        value={search.owner ?? null}
        onChange={(owner) => onChange({ owner: owner ?? undefined })}
      />
      <TagFilter kind="map" tag={search.tag} onChange={(tag) => onChange({ tag })} />
      <Select
        aria-label={messages.privacyFilter}
        placeholder={messages.anyPrivacy}
        w={130}
        clearable
        data={PRIVACIES.map((privacy) => ({ value: privacy, label: messages.privacies[privacy] }))}
        value={search.privacy ?? null}
        onChange={(value) => onChange({ privacy: PRIVACIES.find((privacy) => privacy === value) })}
      />
    </>
  )
}
