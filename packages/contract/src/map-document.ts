import { type Static, Type } from 'typebox'
import { Filters, QueryParameters } from './filters.ts'

/**
 * A dataset of a map, as the real `fetchMap` reads it. `geoColumn` is `geom`, `geom:<column>` or, for a pair of
 * numeric columns, `geom:<longitude>,<latitude>`; the part after the colon is what travels as `spatialDataColumn`.
 */
export const MapDataset = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  type: Type.Union([Type.Literal('table'), Type.Literal('query')]),
  /** `schema.table` or SQL text. */
  source: Type.String({ minLength: 1 }),
  connectionName: Type.String({ minLength: 1 }),
  providerId: Type.String(),
  label: Type.String(),
  color: Type.Optional(Type.String()),
  geoColumn: Type.String(),
  columns: Type.Union([Type.Array(Type.String()), Type.Null()]),
  queryParameters: Type.Optional(Type.Union([QueryParameters, Type.Null()])),
  format: Type.Literal('tilejson'),
  aggregationExp: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  aggregationResLevel: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
})
export type MapDataset = Static<typeof MapDataset>

const Rgb = Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 3, maxItems: 4 })
const FieldReference = Type.Object({ name: Type.String(), type: Type.String() })
const Range = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })

export const ColorRange = Type.Object({
  name: Type.String(),
  type: Type.String(),
  category: Type.String(),
  colors: Type.Array(Type.String()),
  colorMap: Type.Optional(
    Type.Array(Type.Tuple([Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), Type.String()])),
  ),
  uiCustomScaleType: Type.Optional(Type.Literal('logarithmic')),
})
export type ColorRange = Static<typeof ColorRange>

/** Static style. Unknown keys are kept: a newer client's document must survive a round trip. */
export const VisConfig = Type.Object({
  filled: Type.Optional(Type.Boolean()),
  stroked: Type.Optional(Type.Boolean()),
  opacity: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  strokeOpacity: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Pixels. */
  radius: Type.Optional(Type.Number({ minimum: 0 })),
  radiusRange: Type.Optional(Range),
  /** Stroke width in pixels. */
  thickness: Type.Optional(Type.Number({ minimum: 0 })),
  sizeRange: Type.Optional(Range),
  strokeColor: Type.Optional(Type.Union([Rgb, Type.Null()])),
  colorRange: Type.Optional(ColorRange),
  strokeColorRange: Type.Optional(ColorRange),
  enable3d: Type.Optional(Type.Boolean()),
  heightRange: Type.Optional(Range),
  elevationScale: Type.Optional(Type.Number()),
  wireframe: Type.Optional(Type.Boolean()),
  /** Draws points with a picture; where the layer is filled, the picture is a stencil for its colour. */
  customMarkers: Type.Optional(Type.Boolean()),
  /** `/markers/<organization>/<digest>`: one of the organization's own. */
  customMarkersUrl: Type.Optional(Type.Union([Type.String({ maxLength: 300 }), Type.Null()])),
})
export type VisConfig = Static<typeof VisConfig>

export const SCALES = [
  'linear',
  'ordinal',
  'log',
  'point',
  'quantile',
  'quantize',
  'sqrt',
  'custom',
  'identity',
] as const
const Scale = Type.Optional(Type.Enum([...SCALES]))
const Channel = Type.Optional(Type.Union([FieldReference, Type.Null()]))

export const VisualChannels = Type.Object({
  colorField: Channel,
  colorScale: Scale,
  strokeColorField: Channel,
  strokeColorScale: Scale,
  radiusField: Channel,
  radiusScale: Scale,
  sizeField: Channel,
  sizeScale: Scale,
  heightField: Channel,
  heightScale: Scale,
})
export type VisualChannels = Static<typeof VisualChannels>

/** Layer types that this version draws; `fetchMap` throws on a type it does not know, so others are refused on save. */
export const LAYER_TYPES = ['tileset'] as const
export type LayerType = (typeof LAYER_TYPES)[number]

const TextLabel = Type.Object({
  field: Channel,
  size: Type.Optional(Type.Number()),
  color: Type.Optional(Rgb),
  outlineColor: Type.Optional(Rgb),
  anchor: Type.Optional(Type.String()),
  alignment: Type.Optional(Type.String()),
  offset: Type.Optional(Type.Array(Type.Number())),
})

export const MapLayer = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  type: Type.Enum([...LAYER_TYPES]),
  config: Type.Object({
    dataId: Type.String(),
    label: Type.String(),
    color: Rgb,
    isVisible: Type.Boolean(),
    hidden: Type.Optional(Type.Boolean()),
    textLabel: Type.Array(TextLabel),
    visConfig: VisConfig,
    visibilityByZoom: Type.Optional(Type.Object({ min: Type.Number(), max: Type.Number() })),
  }),
  visualChannels: VisualChannels,
})
export type MapLayer = Static<typeof MapLayer>

export const MapState = Type.Object({
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  zoom: Type.Number({ minimum: 0, maximum: 24 }),
  pitch: Type.Number({ minimum: 0, maximum: 85 }),
  bearing: Type.Number(),
})
export type MapState = Static<typeof MapState>

const PopupField = Type.Object({
  name: Type.String(),
  customName: Type.Optional(Type.String()),
  /** A d3-format specifier. */
  format: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
const PopupTrigger = Type.Object({ style: Type.String(), fields: Type.Array(PopupField) })
export const PopupSettings = Type.Object({
  layers: Type.Record(
    Type.String(),
    Type.Object({ enabled: Type.Boolean(), hover: PopupTrigger, click: PopupTrigger }),
  ),
})
export type PopupSettings = Static<typeof PopupSettings>

export const LegendSettings = Type.Object({
  layers: Type.Record(
    Type.String(),
    Type.Object({ isHidden: Type.Boolean(), collapsed: Type.Optional(Type.Boolean()) }),
  ),
})
export type LegendSettings = Static<typeof LegendSettings>

export const WIDGET_OPERATIONS = ['count', 'sum', 'avg', 'min', 'max'] as const
export type WidgetOperation = (typeof WIDGET_OPERATIONS)[number]
const WidgetCommon = {
  id: Type.String({ minLength: 1, maxLength: 64 }),
  title: Type.String(),
  /** The dataset that the widget reads, and whose layers its selection filters. */
  dataSource: Type.String(),
  /** True: the whole dataset. False: only what is in view. */
  global: Type.Boolean(),
  /** A d3-format specifier for values. */
  format: Type.Optional(Type.Union([Type.String(), Type.Null()])),
}

/** A widget of Builder. One entry here and one folder in the web app add a kind. */
export const MapWidget = Type.Union([
  Type.Object({
    ...WidgetCommon,
    type: Type.Literal('formula'),
    operation: Type.Enum([...WIDGET_OPERATIONS]),
    /** `*` only with count. */
    column: Type.String(),
  }),
  Type.Object({
    ...WidgetCommon,
    type: Type.Literal('category'),
    column: Type.String(),
    operation: Type.Enum([...WIDGET_OPERATIONS]),
    operationColumn: Type.String(),
    othersThreshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  Type.Object({
    ...WidgetCommon,
    type: Type.Literal('histogram'),
    column: Type.String(),
    buckets: Type.Integer({ minimum: 2, maximum: 100 }),
  }),
])
export type MapWidget = Static<typeof MapWidget>

export const CustomBaseMaps = Type.Object({
  customStyle: Type.Optional(
    Type.Object({
      id: Type.String(),
      label: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
      style: Type.Optional(Type.Unknown()),
      customAttribution: Type.Optional(Type.String()),
    }),
  ),
})

/**
 * The saved look of a map. Everything outside `graticule` is what the real `fetchMap` knows; everything that only
 * Graticule knows lives under `graticule`, so that no client trips over it.
 */
export const MapConfig = Type.Object({
  filters: Type.Record(Type.String(), Filters),
  mapState: MapState,
  mapStyle: Type.Object({
    /** `custom:<basemap id>` for Graticule's own basemaps; the URL is filled in when the map is served. */
    styleType: Type.String(),
    visibleLayerGroups: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  }),
  customBaseMaps: Type.Optional(CustomBaseMaps),
  popupSettings: Type.Union([PopupSettings, Type.Null()]),
  legendSettings: Type.Union([LegendSettings, Type.Null()]),
  visState: Type.Object({
    /** Index 0 is drawn on top. */
    layers: Type.Array(MapLayer, { maxItems: 200 }),
    layerBlending: Type.Union([Type.Literal('normal'), Type.Literal('additive'), Type.Literal('subtractive')]),
    interactionConfig: Type.Object({ tooltip: Type.Object({ enabled: Type.Boolean() }) }),
  }),
  graticule: Type.Object({
    widgets: Type.Array(MapWidget, { maxItems: 100 }),
  }),
})
export type MapConfig = Static<typeof MapConfig>

/** What a person edits in Builder: the part of a map that undo and autosave work on. */
export const MapDocument = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.String({ maxLength: 10_000 }),
  datasets: Type.Array(MapDataset, { maxItems: 100 }),
  keplerMapConfig: Type.Object({ version: Type.Literal('v1'), config: MapConfig }),
})
export type MapDocument = Static<typeof MapDocument>

/** The default basemap of new maps. */
export const DEFAULT_BASEMAP = 'custom:graticule-light'

/** A new, empty map that looks at the whole world. */
export function emptyMapDocument(title: string): MapDocument {
  return {
    title,
    description: '',
    datasets: [],
    keplerMapConfig: {
      version: 'v1',
      config: {
        filters: {},
        mapState: { latitude: 20, longitude: 0, zoom: 1.2, pitch: 0, bearing: 0 },
        mapStyle: { styleType: DEFAULT_BASEMAP },
        popupSettings: { layers: {} },
        legendSettings: { layers: {} },
        visState: { layers: [], layerBlending: 'normal', interactionConfig: { tooltip: { enabled: true } } },
        graticule: { widgets: [] },
      },
    },
  }
}
