import type { MapLayer } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { customizationQuery } from '../../../api/customization.ts'
import { Group, LookupFailed, Select } from '../../../ui/index.ts'
import { MarkerSwatch } from '../../viewer/marker-swatch.tsx'
import { setMarker } from '../commands/style.ts'
import { useBuilder } from '../store/builder-store.ts'
import { messages } from './messages.ts'

const CIRCLE = ''

/** What the points of a layer are drawn with: circles, or a marker of the organization. */
export function MarkerField({ layer, url }: { layer: MapLayer; url: string | null }) {
  const run = useBuilder((state) => state.run)
  const query = useQuery(customizationQuery)
  const own = query.data?.markers ?? []
  if (query.error) return <LookupFailed query={query} what={messages.markers} />
  if (own.length === 0 && url === null) return null
  const isEarlier = url !== null && query.data !== undefined && own.every((marker) => marker.url !== url)
  const data = [
    { value: CIRCLE, label: messages.circle },
    ...own.map((marker) => ({ value: marker.url, label: marker.name })),
    ...(isEarlier ? [{ value: url, label: messages.earlierMarker }] : []),
  ]
  return (
    <Select
      label={messages.marker}
      allowDeselect={false}
      data={data}
      value={url ?? CIRCLE}
      leftSection={url === null ? null : <Picture url={url} />}
      renderOption={({ option }) => (
        <Group gap={8} wrap="nowrap">
          {option.value !== CIRCLE && <Picture url={option.value} />}
          {option.label}
        </Group>
      )}
      onChange={(value) => run(setMarker(layer.id, value === CIRCLE ? null : value))}
    />
  )
}

function Picture({ url }: { url: string }) {
  return <MarkerSwatch color="currentColor" isTinted={false} url={url} />
}
