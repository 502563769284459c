import type { MapDataset, MapDocument, SpatialColumn } from '@graticule/contract'
import { emptyMapDocument } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Alert, Skeleton, useComputedColorScheme } from '../ui/index.ts'
import { basemapStyleUrl, OWN_BASEMAPS } from './basemap.ts'
import { sessionAccess } from './data-access.ts'
import { sentenceOf } from './dataset-source.ts'
import classes from './map-canvas.module.css'
import { MapCanvas } from './map-canvas.tsx'
import type { MapView, MapViewEvents } from './map-view.ts'
import { readSourceBounds } from './source-bounds.ts'
import { useLiveMap } from './use-live-map.ts'

const ACCENT = [23, 148, 138]
const NO_FILTERS = {}

function previewDocument(dataset: MapDataset, spatial: SpatialColumn): MapDocument {
  const document = emptyMapDocument('Preview')
  const isLine = spatial.geometryType?.includes('Line') ?? false
  const isPoint = spatial.geometryType?.includes('Point') ?? false
  const { config } = document.keplerMapConfig
  return {
    ...document,
    datasets: [dataset],
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        visState: {
          ...config.visState,
          layers: [
            {
              id: 'preview',
              type: 'tileset',
              config: {
                dataId: dataset.id,
                label: dataset.label,
                color: ACCENT,
                isVisible: true,
                textLabel: [],
                visConfig: {
                  filled: !isLine,
                  opacity: isPoint ? 0.75 : 0.4,
                  stroked: true,
                  strokeColor: isPoint ? [255, 255, 255] : ACCENT,
                  strokeOpacity: 0.8,
                  thickness: isPoint ? 0.5 : 1,
                  radius: 3,
                },
              },
              visualChannels: {},
            },
          ],
        },
      },
    },
  }
}

/** The rows of a table on a map, in one plain style, as the signed-in person sees them. */
export function TablePreviewMap(props: { connectionName: string; tableName: string; spatial: SpatialColumn }) {
  const { connectionName, tableName, spatial } = props
  const scheme = useComputedColorScheme('light')
  const access = useMemo(() => sessionAccess(), [])
  const document = useMemo(() => {
    const { spatialDataColumn } = spatial
    const dataset: MapDataset = {
      id: 'preview',
      type: 'table',
      source: tableName,
      connectionName,
      providerId: 'postgres',
      label: tableName,
      geoColumn: spatialDataColumn === 'geom' ? 'geom' : `geom:${spatialDataColumn}`,
      columns: null,
      format: 'tilejson',
    }
    return previewDocument(dataset, spatial)
  }, [connectionName, tableName, spatial])
  const extent = useQuery({
    queryKey: ['map-extent', connectionName, tableName, spatial.spatialDataColumn],
    queryFn: async ({ signal }) => {
      const dataset = document.datasets[0]
      return dataset ? readSourceBounds(dataset, access, signal) : null
    },
    staleTime: 5 * 60_000,
    retry: false,
  })
  const live = useLiveMap(document, NO_FILTERS, access)
  const viewRef = useRef<MapView | null>(null)
  const [tileError, setTileError] = useState<string | null>(null)
  const events = useMemo<MapViewEvents>(
    () => ({ onTileProgress: (_layerId, progress) => setTileError(progress.error) }),
    [],
  )
  const bounds = extent.data
  useEffect(() => {
    if (bounds) viewRef.current?.fitBounds(bounds, 24)
  }, [bounds])
  const failure = live.datasets.get('preview')?.error ?? tileError ?? (extent.error ? sentenceOf(extent.error) : null)
  return (
    <MapCanvas
      access={access}
      styleUrl={basemapStyleUrl(OWN_BASEMAPS[scheme])}
      initialView={document.keplerMapConfig.config.mapState}
      descriptors={live.descriptors}
      events={events}
      label={`Map of ${tableName}`}
      viewRef={viewRef}
    >
      {live.descriptors.length === 0 && !failure && <Skeleton className={classes.waiting} height={3} />}
      {failure && (
        <Alert className={classes.notice} color="red" role="alert">
          {failure}
        </Alert>
      )}
    </MapCanvas>
  )
}
