import { AppError, type MapDataset, type MapDocument, type MapLayer } from '@graticule/contract'

/**
 * Checks what a schema cannot say: that the parts of a document refer to each other correctly. Throws a sentence that
 * names the part by its label.
 */
export function checkMapDocument(document: MapDocument, organizationId: string): void {
  const { visState, graticule } = document.keplerMapConfig.config
  checkUnique(
    document.datasets.map((dataset) => dataset.id),
    'datasets',
  )
  checkUnique(
    visState.layers.map((layer) => layer.id),
    'layers',
  )
  checkUnique(
    graticule.widgets.map((widget) => widget.id),
    'widgets',
  )
  const datasets = new Map(document.datasets.map((dataset) => [dataset.id, dataset]))
  for (const layer of visState.layers) {
    const dataset = datasets.get(layer.config.dataId)
    if (!dataset) {
      throw invalid(
        `The layer "${layer.config.label}" draws the dataset "${layer.config.dataId}", which the map lacks.`,
      )
    }
    checkLayerColumns(layer, dataset)
    checkMarkers(layer, organizationId)
  }
  for (const widget of graticule.widgets) {
    if (!datasets.has(widget.dataSource)) {
      throw invalid(`The widget "${widget.title}" reads the dataset "${widget.dataSource}", which the map lacks.`)
    }
  }
}

/** The columns that a layer's style and labels read from its features. */
export function layerColumns(layer: MapLayer): string[] {
  const channels = layer.visualChannels
  const fields = [
    channels.colorField,
    channels.strokeColorField,
    channels.radiusField,
    channels.sizeField,
    channels.heightField,
    ...layer.config.textLabel.map((label) => label.field),
  ]
  return [...new Set(fields.flatMap((field) => (field ? [field.name] : [])))]
}

/** Every address of a marker that a layer says, in whichever of the fields that clients read. */
export function markerUrls({ config }: MapLayer): string[] {
  const { customMarkersUrl, customMarkersRange } = config.visConfig as Readonly<Record<string, unknown>>
  const { markerMap, othersMarker } = (customMarkersRange ?? {}) as Readonly<Record<string, unknown>>
  const ofValues = Array.isArray(markerMap) ? markerMap.map((entry) => entry?.markerUrl) : []
  return [customMarkersUrl, othersMarker, ...ofValues].filter((url) => url !== undefined && url !== null).map(String)
}

/** Whether an address is that of a marker of the organization, and nothing besides. */
export function isMarkerOf(organizationId: string, url: string): boolean {
  const own = `/markers/${organizationId}/`
  return url.startsWith(own) && /^[0-9a-f]{64}$/.test(url.slice(own.length))
}

/** A map loads nothing from elsewhere, and no other organization's pictures. */
function checkMarkers(layer: MapLayer, organizationId: string): void {
  if (markerUrls(layer).every((url) => isMarkerOf(organizationId, url))) return
  throw invalid(
    `The layer "${layer.config.label}" is drawn with a marker that is not the organization’s; an admin adds it in Settings → Customization.`,
  )
}

/** A tile carries only the dataset's columns, so a style that reads another one would draw everything alike. */
function checkLayerColumns(layer: MapLayer, dataset: MapDataset): void {
  if (dataset.columns === null) return
  const missing = layerColumns(layer).find((column) => !dataset.columns?.includes(column))
  if (missing === undefined) return
  throw invalid(
    `The layer "${layer.config.label}" is styled by "${missing}", which is not among the columns of its dataset; add it there.`,
  )
}

function checkUnique(ids: readonly string[], kind: string): void {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) throw invalid(`Two ${kind} of the map have the same id "${id}".`)
    seen.add(id)
  }
}

function invalid(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
