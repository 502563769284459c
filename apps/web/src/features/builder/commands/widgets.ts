import type { MapDocument, MapWidget } from '@graticule/contract'
import { type Command, moveById, replaceById, withConfig } from './command.ts'

function withWidgets(document: MapDocument, widgets: MapWidget[]): MapDocument {
  const { graticule } = document.keplerMapConfig.config
  return widgets === graticule.widgets ? document : withConfig(document, { graticule: { ...graticule, widgets } })
}

/** Adds a widget below the others. */
export function addWidget(widget: MapWidget): Command {
  return (document) => {
    const { widgets } = document.keplerMapConfig.config.graticule
    return widgets.some((each) => each.id === widget.id) ? document : withWidgets(document, [...widgets, widget])
  }
}

/** Replaces a widget's settings. */
export function updateWidget(widget: MapWidget): Command {
  return (document) =>
    withWidgets(
      document,
      replaceById(document.keplerMapConfig.config.graticule.widgets, widget.id, (current) =>
        JSON.stringify(current) === JSON.stringify(widget) ? current : widget,
      ),
    )
}

/** Removes a widget. */
export function removeWidget(widgetId: string): Command {
  return (document) => {
    const { widgets } = document.keplerMapConfig.config.graticule
    const kept = widgets.filter((widget) => widget.id !== widgetId)
    return kept.length === widgets.length ? document : withWidgets(document, kept)
  }
}

/** Moves a widget to an index; 0 is the first of the rail. */
export function moveWidget(widgetId: string, toIndex: number): Command {
  return (document) =>
    withWidgets(document, moveById(document.keplerMapConfig.config.graticule.widgets, widgetId, toIndex))
}
