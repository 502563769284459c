import type { LayerDescriptor } from '@carto/api-client'
import type { LegendSettings, MapLayer } from '@graticule/contract'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { OTHER_COLOR } from '../../map/color-classes.ts'
import { LAYER_TYPE_DEFINITIONS } from '../../map/layers/index.ts'
import type { GeometryFamily, LegendSection } from '../../map/layers/tileset/legend.ts'
import { UnstyledButton } from '../../ui/index.ts'
import { MarkerSwatch } from './marker-swatch.tsx'
import { messages } from './messages.ts'
import classes from './viewer-parts.module.css'

/** What each visible layer's colours and sizes mean, the topmost layer first. */
export function Legend(props: {
  layers: readonly MapLayer[]
  descriptors: readonly LayerDescriptor[]
  settings: LegendSettings | null
}) {
  const entries = props.layers.flatMap((layer) => {
    const settings = props.settings?.layers[layer.id]
    const descriptor = props.descriptors.find((each) => each.props.id === layer.id)
    if (!descriptor || !layer.config.isVisible || settings?.isHidden) return []
    return [{ layer, legend: LAYER_TYPE_DEFINITIONS[layer.type].describeLegend(layer, descriptor), settings }]
  })
  if (entries.length === 0) return null
  return (
    <section className={classes.legend} aria-label={messages.legend}>
      {entries.map(({ layer, legend, settings }) => (
        <LegendEntry
          key={layer.id}
          title={legend.title}
          family={legend.family}
          sections={legend.sections}
          startsFolded={settings?.collapsed ?? false}
        />
      ))}
    </section>
  )
}

function LegendEntry(props: {
  title: string
  family: GeometryFamily
  sections: readonly LegendSection[]
  startsFolded: boolean
}) {
  const [isFolded, setIsFolded] = useState(props.startsFolded)
  const only = props.sections.length === 1 ? props.sections[0] : undefined
  if (only?.kind === 'single') {
    return (
      <div className={classes.legendEntry}>
        <div className={classes.legendRow}>
          {only.marker ? (
            <MarkerSwatch color={only.color} {...only.marker} />
          ) : (
            <Swatch color={only.color} family={props.family} />
          )}
          <span className={classes.legendTitle}>{props.title}</span>
        </div>
      </div>
    )
  }
  return (
    <div className={classes.legendEntry}>
      <UnstyledButton className={classes.legendHead} aria-expanded={!isFolded} onClick={() => setIsFolded(!isFolded)}>
        <span className={classes.legendTitle}>{props.title}</span>
        {isFolded ? <IconChevronRight size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
      </UnstyledButton>
      {!isFolded &&
        props.sections.map((section) => (
          <Section
            key={section.kind === 'single' ? 'single' : `${section.kind}:${section.column}`}
            section={section}
            family={props.family}
          />
        ))}
    </div>
  )
}

function Section({ section, family }: { section: LegendSection; family: GeometryFamily }) {
  if (section.kind === 'single') return null
  if (section.kind === 'sizes') {
    return (
      <div>
        <div className={classes.legendColumn}>{section.column}</div>
        <ul className={classes.sizes}>
          {section.steps.map((step) => (
            <li key={step.label} className={classes.legendRow}>
              <span
                className={section.shape === 'circle' ? classes.sizeCircle : classes.sizeLine}
                style={
                  section.shape === 'circle'
                    ? { width: Math.min(36, step.size * 2), height: Math.min(36, step.size * 2) }
                    : { height: Math.max(1, step.size) }
                }
                aria-hidden
              />
              <span className="tabular">{step.label}</span>
            </li>
          ))}
        </ul>
      </div>
    )
  }
  return (
    <div>
      <div className={classes.legendColumn}>{section.column}</div>
      <ul className={classes.classes}>
        {section.classes.map((each) => (
          <li key={`${each.label}${each.color}`} className={classes.legendRow}>
            <Swatch color={each.color} family={family} />
            <span className="tabular">{each.label}</span>
          </li>
        ))}
        {section.isOrdinal && (
          <li className={classes.legendRow}>
            <Swatch color={OTHER_COLOR} family={family} />
            <span>{messages.other}</span>
          </li>
        )}
      </ul>
    </div>
  )
}

function Swatch({ color, family }: { color: string; family: GeometryFamily }) {
  return <span className={classes.swatch} data-family={family} style={{ background: color }} aria-hidden />
}
