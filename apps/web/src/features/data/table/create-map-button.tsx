import type { Extent, SourceDescription, SpatialColumn } from '@graticule/contract'
import { IconMap2 } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiError } from '../../../api/api-error.ts'
import { connectionsQuery } from '../../../api/connections.ts'
import { createMap } from '../../../api/maps.ts'
import { columnStatsQuery } from '../../../api/stats.ts'
import { useCan } from '../../../shell/use-session.ts'
import { Button, notifications, Tooltip } from '../../../ui/index.ts'
import { createMapFromTable } from '../../maps/create-map-from-table.ts'
import { messages } from '../messages.ts'

/** How long the new map waits to learn where the data lies, milliseconds; after that it shows the world. */
const EXTENT_TIMEOUT_MS = 4_000

/** Makes a map of a table and opens it in Builder. */
export function CreateMapButton(props: {
  connectionName: string
  tableName: string
  description: SourceDescription
  spatial: SpatialColumn | null
}) {
  const { connectionName, tableName, description, spatial } = props
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const permission = useCan('map.create')
  const connection = useQuery(connectionsQuery).data?.find(({ name }) => name === connectionName)
  const create = useMutation({
    mutationFn: async (drawn: SpatialColumn) => {
      const readExtent = queryClient
        .fetchQuery(columnStatsQuery(connectionName, tableName, drawn.spatialDataColumn, 'geo'))
        .then((stats) => (stats.type === 'Geometry' ? (stats.extentAcrossAntimeridian ?? stats.extent) : null))
        .catch(() => null)
      const giveUp = new Promise<null>((resolve) => setTimeout(() => resolve(null), EXTENT_TIMEOUT_MS))
      const extent: Extent | null = await Promise.race([readExtent, giveUp])
      const providerId = connection?.providerId ?? 'postgres'
      return createMap({
        document: createMapFromTable({ connectionName, providerId, tableName, description, spatial: drawn, extent }),
      })
    },
    onSuccess: async (map) => {
      void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
      await navigate({ to: '/maps/$mapId', params: { mapId: map.id } })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.createMapFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  const refusal = permission.allowed ? (spatial ? null : messages.createMapNoGeometry) : permission.reason
  return (
    <Tooltip label={refusal} disabled={refusal === null} multiline maw={280}>
      <Button
        leftSection={<IconMap2 size={16} />}
        data-disabled={refusal !== null || undefined}
        aria-disabled={refusal !== null}
        aria-description={refusal ?? undefined}
        loading={create.isPending}
        onClick={() => {
          if (spatial && refusal === null) create.mutate(spatial)
        }}
      >
        {messages.createMap}
      </Button>
    </Tooltip>
  )
}
