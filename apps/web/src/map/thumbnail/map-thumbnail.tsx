import type { MapDetail, MapSummary } from '@graticule/contract'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FeatureCollection, Polygon } from 'geojson'
import { useEffect, useRef, useState } from 'react'
import { apiPath, sendRequest } from '../../api/client.ts'
import { basemapIdOf, isDarkBasemap } from '../basemap.ts'
import { requestInit, sessionAccess } from '../data-access.ts'
import { columnStatisticsQuery, datasetSourceQuery } from '../dataset-source.ts'
import { describeLayer, withColumnStatistics } from '../describe-layers.ts'
import { styledColumns } from '../used-columns.ts'
import { drawLand, drawLayer, type LandPolygons, projectTo, type ThumbnailColors } from './draw-thumbnail.ts'
import classes from './map-thumbnail.module.css'

const COLORS: Readonly<Record<'light' | 'dark', ThumbnailColors>> = {
  light: { water: '#d9e2e7', land: '#f8f9f9' },
  dark: { water: '#12171c', land: '#1e252c' },
}

/** Width and height of the picture in its own pixels; CSS scales it. */
const SIZE = { width: 480, height: 270 }

async function readLand(signal: AbortSignal): Promise<LandPolygons> {
  const response = await fetch('/basemaps/data/land-coarse.json', { signal })
  const land = (await response.json()) as FeatureCollection<Polygon>
  return land.features.map((feature) => feature.geometry.coordinates)
}

async function drawMap(mapId: string, queryClient: QueryClient, signal: AbortSignal): Promise<string> {
  const [{ document }, land] = await Promise.all([
    sendRequest<MapDetail>(apiPath('/workspace-api/maps', mapId), { signal }),
    queryClient.fetchQuery({
      queryKey: ['thumbnail-land'],
      queryFn: () => readLand(new AbortController().signal),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  ])
  const { config } = document.keplerMapConfig
  const canvas = window.document.createElement('canvas')
  canvas.width = SIZE.width
  canvas.height = SIZE.height
  const context = canvas.getContext('2d')
  if (!context) throw new Error('The browser has no 2D canvas.')
  // A map is made for a window about three times as wide as its thumbnail.
  const view = { ...config.mapState, zoom: Math.max(0, config.mapState.zoom - 1.2) }
  const colors = COLORS[isDarkBasemap(basemapIdOf(config)) ? 'dark' : 'light']
  drawLand(context, land, projectTo(view, SIZE.width, SIZE.height), colors)
  const access = sessionAccess(mapId)
  for (const layer of config.visState.layers.toReversed()) {
    const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
    if (!dataset || !layer.config.isVisible) continue
    try {
      const [source, ...statistics] = await Promise.all([
        queryClient.fetchQuery(datasetSourceQuery(dataset, {}, false, access)),
        ...styledColumns(layer).map((column) => queryClient.fetchQuery(columnStatisticsQuery(dataset, column, access))),
      ])
      const descriptor = describeLayer(document, layer, withColumnStatistics(source.tilejson, statistics))
      await drawLayer(context, descriptor, view, { ...requestInit(access), signal })
    } catch (error) {
      if (signal.aborted) throw error
      // One broken layer leaves the rest of the picture; Builder says why.
    }
  }
  return canvas.toDataURL('image/webp', 0.85)
}

/** True from the first time that the element comes near the window. */
function useWasSeen(): [React.RefObject<HTMLDivElement | null>, boolean] {
  const ref = useRef<HTMLDivElement>(null)
  const [wasSeen, setWasSeen] = useState(false)
  useEffect(() => {
    if (!ref.current || wasSeen) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setWasSeen(true)
      },
      { rootMargin: '200px' },
    )
    observer.observe(ref.current)
    return () => observer.disconnect()
  }, [wasSeen])
  return [ref, wasSeen]
}

/**
 * A small picture of a map: land and its visible layers, drawn in the browser under the identity of the person who
 * looks, once it scrolls into view. It is kept in memory only, for this version of the map.
 */
export function MapThumbnail({ map }: { map: Pick<MapSummary, 'id' | 'title' | 'updatedAt'> }) {
  const [ref, wasSeen] = useWasSeen()
  const queryClient = useQueryClient()
  const { data } = useQuery({
    queryKey: ['thumbnail', map.id, map.updatedAt],
    queryFn: ({ signal }) => drawMap(map.id, queryClient, signal),
    enabled: wasSeen,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <div ref={ref} className={classes.frame}>
      {data && <img className={classes.picture} src={data} alt="" draggable={false} />}
    </div>
  )
}
