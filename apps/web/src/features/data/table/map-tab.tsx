import type { SpatialColumn } from '@graticule/contract'
import { IconMapOff } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { ErrorState, PageState, Skeleton } from '../../../ui/index.ts'
import { messages } from '../messages.ts'

// The map's libraries are large; rows and columns do without them.
const TablePreviewMap = lazy(async () => ({
  default: (await import('../../../map/table-preview-map.tsx')).TablePreviewMap,
}))

/** The table on a map, drawn from the chosen spatial form. */
export function MapTab(props: {
  connectionName: string
  tableName: string
  spatial: SpatialColumn | null
  /** Why the columns of the address cannot be drawn. */
  failure: Error | null
}) {
  const { connectionName, tableName, spatial, failure } = props
  if (failure) return <ErrorState isPart error={failure} />
  if (!spatial) {
    return (
      <PageState icon={<IconMapOff size={20} />} title={messages.noGeometry}>
        {messages.noGeometryHelp}
      </PageState>
    )
  }
  return (
    <Suspense fallback={<Skeleton height="100%" radius={0} />}>
      <TablePreviewMap
        key={spatial.spatialDataColumn}
        connectionName={connectionName}
        tableName={tableName}
        spatial={spatial}
      />
    </Suspense>
  )
}
