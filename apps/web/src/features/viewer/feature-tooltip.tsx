import type { MapDocument } from '@graticule/contract'
import { useStore } from 'zustand'
import { formatValue } from '../../map/format-value.ts'
import type { HoveredFeature } from './hovered-feature.ts'
import classes from './viewer-parts.module.css'

/** The card beside the pointer: the fields that the layer's tooltip names, in its order. */
export function FeatureTooltip({ document, hovered }: { document: MapDocument; hovered: HoveredFeature }) {
  const feature = useStore(hovered, (state) => state.feature)
  const { popupSettings, visState } = document.keplerMapConfig.config
  if (!feature) return null
  const popup = popupSettings?.layers[feature.layerId]
  const layer = visState.layers.find((each) => each.id === feature.layerId)
  if (!popup?.enabled || popup.hover.fields.length === 0 || !layer) return null
  const density = feature.properties._carto_point_density
  return (
    <div
      className={classes.tooltip}
      style={{ left: feature.x, top: feature.y }}
      data-side={feature.x > window.innerWidth / 2 ? 'left' : 'right'}
      aria-hidden
    >
      <div className={classes.tooltipTitle}>{layer.config.label}</div>
      <dl className={classes.fields}>
        {popup.hover.fields.map((field) => (
          <div key={field.name} className={classes.field}>
            <dt>{field.customName || field.name}</dt>
            <dd className="tabular">{formatValue(feature.properties[field.name], field.format)}</dd>
          </div>
        ))}
      </dl>
      {typeof density === 'number' && density > 1 && (
        <div className={classes.density}>{formatValue(density)} points are drawn as one here</div>
      )}
    </div>
  )
}
