import type { MapDataset, MapWidget, SchemaField } from '@graticule/contract'
import type { ComponentType } from 'react'
import type { Selection } from './crossfilter.ts'

/** Where a widget stands: its dataset, and what it may ask and change. */
export interface WidgetContext {
  readonly dataset: MapDataset
  readonly selection: Selection | null
  onSelect(selection: Selection | null): void
}

export interface WidgetProps<Widget extends MapWidget> {
  readonly widget: Widget
  readonly context: WidgetContext
}

export interface WidgetSettingsProps<Widget extends MapWidget> {
  readonly widget: Widget
  readonly columns: readonly SchemaField[]
  onChange(widget: Widget): void
}

/** One kind of widget. */
export interface WidgetDefinition<Type extends MapWidget['type']> {
  readonly type: Type
  readonly label: string
  /** One sentence on what it is good for. */
  readonly purpose: string
  /** A first version with sensible settings; null when no column of the source fits. */
  create(id: string, dataset: MapDataset, columns: readonly SchemaField[]): Extract<MapWidget, { type: Type }> | null
  readonly Widget: ComponentType<WidgetProps<Extract<MapWidget, { type: Type }>>>
  readonly Settings: ComponentType<WidgetSettingsProps<Extract<MapWidget, { type: Type }>>>
}
