import type {
  GeometryType,
  MapDataset,
  MapLayer,
  PopupSettings,
  SchemaField,
  SourceDescription,
  SpatialColumn,
} from '@graticule/contract'
import { type Command, inSequence } from '../commands/command.ts'
import { addDataset } from '../commands/datasets.ts'
import { addLayer } from '../commands/layers.ts'
import { readableColumns } from '../widgets/columns.ts'

/** Colours of new layers, one after the other: saturated enough for thin lines, distinct on both basemaps. */
const LAYER_COLORS: readonly (readonly [number, number, number])[] = [
  [17, 148, 138],
  [229, 96, 68],
  [74, 108, 214],
  [222, 164, 32],
  [158, 77, 168],
  [70, 150, 70],
  [216, 72, 124],
]

/** Fields that a hover tooltip starts with. */
const HOVER_FIELDS = 4

/** A short random id that is unique within a map. */
export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
}

/** How a map dataset names a geometry: what stands after the colon travels as `spatialDataColumn`. */
export function geoColumnOf(spatialDataColumn: string): string {
  return spatialDataColumn === 'geom' ? 'geom' : `geom:${spatialDataColumn}`
}

/** The same the other way round: what of a dataset's `geoColumn` travels as `spatialDataColumn`. */
export function spatialDataColumnOf(dataset: Pick<MapDataset, 'geoColumn'>): string {
  return dataset.geoColumn.slice(dataset.geoColumn.indexOf(':') + 1)
}

/** A sensible first look for each kind of geometry. */
export function newLayer(options: {
  readonly id: string
  readonly datasetId: string
  readonly label: string
  readonly geometryType: GeometryType | null
  /** How many layers the map has already; picks the colour. */
  readonly index: number
}): MapLayer {
  const color = [...(LAYER_COLORS[options.index % LAYER_COLORS.length] ?? [17, 148, 138])]
  const isPoint = options.geometryType?.includes('Point') ?? false
  const isLine = options.geometryType?.includes('Line') ?? false
  return {
    id: options.id,
    type: 'tileset',
    config: {
      dataId: options.datasetId,
      label: options.label,
      color,
      isVisible: true,
      textLabel: [],
      visConfig: {
        filled: !isLine,
        opacity: isPoint ? 0.8 : 0.65,
        stroked: true,
        strokeColor: isLine ? color : [255, 255, 255],
        strokeOpacity: isLine ? 0.9 : isPoint ? 0.7 : 0.45,
        thickness: isLine ? 1.5 : 0.5,
        radius: 4,
        radiusRange: [2, 14],
        sizeRange: [0.5, 8],
        enable3d: false,
        elevationScale: 1,
        heightRange: [0, 500_000],
      },
    },
    visualChannels: {},
  }
}

/** The tooltip that a new layer starts with: its first readable columns. */
export function newPopup(columns: readonly SchemaField[]): PopupSettings['layers'][string] {
  const readable = readableColumns(columns).filter((column) => column.type !== 'object' && column.type !== 'unknown')
  const named = [...readable].sort((a, b) => rankForTooltip(a) - rankForTooltip(b))
  return {
    enabled: true,
    hover: { style: 'light', fields: named.slice(0, HOVER_FIELDS).map(({ name }) => ({ name })) },
    click: { style: 'none', fields: [] },
  }
}

function rankForTooltip(column: SchemaField): number {
  if (/^(name|title|label|place)$/i.test(column.name)) return 0
  if (/name|title/i.test(column.name)) return 1
  return /(^|_)(id|gid|fid|geoid)$/i.test(column.name) ? 3 : 2
}

/** What the person chose to add. */
export interface NewSource {
  readonly connectionName: string
  readonly providerId: string
  readonly type: MapDataset['type']
  /** `schema.table`, or SQL. */
  readonly source: string
  readonly label: string
  readonly description: Pick<SourceDescription, 'columns'>
  readonly spatial: SpatialColumn
}

/** The edit that adds a source with its first layer. */
export function addSource(source: NewSource, ids: { datasetId: string; layerId: string }, index: number): Command {
  const dataset: MapDataset = {
    id: ids.datasetId,
    type: source.type,
    source: source.source,
    connectionName: source.connectionName,
    providerId: source.providerId,
    label: source.label,
    geoColumn: geoColumnOf(source.spatial.spatialDataColumn),
    columns: null,
    format: 'tilejson',
  }
  const layer = newLayer({
    id: ids.layerId,
    datasetId: ids.datasetId,
    label: source.label,
    geometryType: source.spatial.geometryType,
    index,
  })
  const columns = source.description.columns.filter((column) => !source.spatial.columns.includes(column.name))
  return inSequence(addDataset(dataset), addLayer(layer, newPopup(columns)))
}

/** `counties` for `demo.counties`; quotes and schema are noise in a legend. */
export function labelForTable(tableName: string): string {
  const name = tableName.split('.').at(-1)?.replaceAll('"', '') ?? tableName
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
