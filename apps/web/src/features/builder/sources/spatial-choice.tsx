import type { SpatialColumn } from '@graticule/contract'
import { Radio, Stack } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** What can be drawn of a table or of a query's answer, as it was detected, and which of it is. */
export function SpatialChoice(props: {
  columns: readonly SpatialColumn[]
  value: SpatialColumn
  /** Tables can have a spatial index; of a query's answer nothing is said about one. */
  isTable: boolean
  onChange: (spatialDataColumn: string) => void
}) {
  return (
    <Radio.Group label={messages.detected} value={props.value.spatialDataColumn} onChange={props.onChange}>
      <Stack gap={8} mt={6}>
        {props.columns.map((each) => (
          <Radio
            key={each.spatialDataColumn}
            value={each.spatialDataColumn}
            label={each.columns.join(', ')}
            description={describeSpatial(each, props.isTable)}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}

function describeSpatial(spatial: SpatialColumn, isTable: boolean): string {
  return [
    messages.encodings[spatial.encoding],
    spatial.geometryType ?? messages.mixed,
    spatial.encoding === 'lonlat' ? null : messages.srid(spatial.srid),
    isTable && (spatial.hasSpatialIndex ? messages.indexed : messages.notIndexed),
  ]
    .filter(Boolean)
    .join(' · ')
}
