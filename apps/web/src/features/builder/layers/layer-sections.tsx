import type { MapLayer } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { Accordion, Button, Select, Stack, Switch, useLocalStorage } from '../../../ui/index.ts'
import { updateDataset } from '../commands/datasets.ts'
import { setLegend } from '../commands/layers.ts'
import { messages } from '../messages.ts'
import { TooltipEditor } from '../popups/tooltip-editor.tsx'
import { messages as sourceMessages } from '../sources/messages.ts'
import { geoColumnOf, spatialDataColumnOf } from '../sources/new-source.ts'
import { sourceDescriptionQuery } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { StylePanel } from '../style/style-panel.tsx'
import classes from './layer-panel.module.css'
import { LayerSwatch } from './layer-row.tsx'

/** The sections of the selected layer; which of them are open is remembered. */
export function LayerSections({ layer }: { layer: MapLayer }) {
  const [open, setOpen] = useLocalStorage<string[]>({ key: 'graticule-builder-sections', defaultValue: ['style'] })
  return (
    <section className={classes.sections} aria-label={layer.config.label}>
      <h3 className={classes.sectionsTitle}>
        <LayerSwatch layer={layer} />
        {layer.config.label}
      </h3>
      <Accordion multiple value={open} onChange={setOpen} chevronPosition="left" chevronSize={14}>
        <Accordion.Item value="source">
          <Accordion.Control>{messages.sections.source}</Accordion.Control>
          <Accordion.Panel>
            <SourceSection layer={layer} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="style">
          <Accordion.Control>{messages.sections.style}</Accordion.Control>
          <Accordion.Panel>
            <StylePanel layer={layer} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="tooltip">
          <Accordion.Control>{messages.sections.tooltip}</Accordion.Control>
          <Accordion.Panel>
            <TooltipEditor layer={layer} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="legend">
          <Accordion.Control>{messages.sections.legend}</Accordion.Control>
          <Accordion.Panel>
            <LegendSection layer={layer} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </section>
  )
}

function SourceSection({ layer }: { layer: MapLayer }) {
  const { datasets } = useDocument()
  const run = useBuilder((state) => state.run)
  const setDrawer = useBuilder((state) => state.setDrawer)
  const dataset = datasets.find((each) => each.id === layer.config.dataId)
  const description = useQuery({
    ...sourceDescriptionQuery(dataset ?? { connectionName: '', type: 'table', source: '' }),
    enabled: dataset !== undefined,
  }).data
  if (!dataset) return null
  const words = messages.sourceSection
  const choices = (description?.spatialColumns ?? []).map((spatial) => ({
    value: geoColumnOf(spatial.spatialDataColumn),
    label: words.geometryOf(
      spatial.columns.join(', '),
      spatial.geometryType ?? sourceMessages.encodings[spatial.encoding],
    ),
  }))
  const isListed = choices.some((choice) => choice.value === dataset.geoColumn)
  return (
    <Stack gap={8}>
      <dl className={classes.facts}>
        <dt>{words.connection}</dt>
        <dd title={dataset.connectionName}>{dataset.connectionName}</dd>
        <dt>{dataset.type === 'table' ? words.table : words.query}</dt>
        <dd title={dataset.source}>{dataset.type === 'table' ? dataset.source : dataset.label}</dd>
      </dl>
      <Select
        label={words.geometry}
        data={
          isListed
            ? choices
            : [{ value: dataset.geoColumn, label: spatialDataColumnOf(dataset).split(',').join(', ') }, ...choices]
        }
        value={dataset.geoColumn}
        allowDeselect={false}
        onChange={(geoColumn) => geoColumn && run(updateDataset(dataset.id, { geoColumn }))}
      />
      {dataset.type === 'query' && (
        <Button variant="default" onClick={() => setDrawer({ kind: 'dataset', datasetId: dataset.id })}>
          {words.editSql}
        </Button>
      )}
    </Stack>
  )
}

function LegendSection({ layer }: { layer: MapLayer }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const settings = document.keplerMapConfig.config.legendSettings?.layers[layer.id] ?? { isHidden: false }
  return (
    <Stack gap={12}>
      <Switch
        label={messages.legend.show}
        checked={!settings.isHidden}
        onChange={(event) => run(setLegend(layer.id, { ...settings, isHidden: !event.currentTarget.checked }))}
      />
      <Switch
        label={messages.legend.folded}
        checked={settings.collapsed ?? false}
        disabled={settings.isHidden}
        onChange={(event) => run(setLegend(layer.id, { ...settings, collapsed: event.currentTarget.checked }))}
      />
    </Stack>
  )
}
