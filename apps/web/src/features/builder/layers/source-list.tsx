import type { MapDataset } from '@graticule/contract'
import { IconDots, IconSql, IconTable } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { spatialColumnQuery } from '../../../api/catalog.ts'
import { ActionIcon, Menu, modals, notifications, Text, TextInput, useDisclosure } from '../../../ui/index.ts'
import { TileAdviceDialog } from '../../tile-advice/tile-advice-dialog.tsx'
import { removeDataset, updateDataset } from '../commands/datasets.ts'
import { addLayer } from '../commands/layers.ts'
import { messages } from '../messages.ts'
import { newId, newLayer, newPopup, spatialDataColumnOf } from '../sources/new-source.ts'
import { sourceDescriptionQuery } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import classes from './layer-panel.module.css'

/** The sources of the map, each with what can be done to it. */
export function SourceList() {
  const { datasets } = useDocument()
  return (
    <section className={classes.sources} aria-label={messages.sources}>
      <h3 className={classes.sourcesTitle}>{messages.sources}</h3>
      {datasets.map((dataset) => (
        <SourceRow key={dataset.id} dataset={dataset} />
      ))}
    </section>
  )
}

function SourceRow({ dataset }: { dataset: MapDataset }) {
  const document = useDocument()
  const queryClient = useQueryClient()
  const run = useBuilder((state) => state.run)
  const selectLayer = useBuilder((state) => state.selectLayer)
  const setDrawer = useBuilder((state) => state.setDrawer)
  const [draft, setDraft] = useState<string | null>(null)
  const [isAdvised, advising] = useDisclosure(false)
  const words = messages.sourceRow
  const { visState, graticule } = document.keplerMapConfig.config
  const layers = visState.layers.filter((layer) => layer.config.dataId === dataset.id)
  const widgets = graticule.widgets.filter((widget) => widget.dataSource === dataset.id)

  const addAnotherLayer = async () => {
    const id = newId('layer')
    try {
      const description = await queryClient.fetchQuery(sourceDescriptionQuery(dataset))
      const column = spatialDataColumnOf(dataset)
      const spatial =
        description.spatialColumns.find((each) => each.spatialDataColumn === column) ??
        (await queryClient.fetchQuery(spatialColumnQuery(dataset, column)))
      const layer = newLayer({
        id,
        datasetId: dataset.id,
        label: dataset.label,
        geometryType: spatial.geometryType,
        index: visState.layers.length,
      })
      run(addLayer(layer, newPopup(description.columns)))
      selectLayer(id)
    } catch (error) {
      notifications.show({ color: 'red', message: error instanceof Error ? error.message : words.failed })
    }
  }
  const remove = () => {
    if (layers.length + widgets.length === 0) {
      run(removeDataset(dataset.id))
      return
    }
    modals.openConfirmModal({
      title: words.removeTitle(dataset.label),
      children: <Text>{words.removeText(layers.length, widgets.length)}</Text>,
      labels: { confirm: words.remove, cancel: 'Cancel' },
      confirmProps: { color: 'red' },
      onConfirm: () => run(removeDataset(dataset.id)),
    })
  }
  const finishRename = () => {
    if (draft?.trim()) run(updateDataset(dataset.id, { label: draft.trim() }))
    setDraft(null)
  }
  return (
    <div className={classes.row}>
      <span className={classes.grip} style={{ opacity: 1, cursor: 'default', width: 22, marginLeft: 6 }} aria-hidden>
        {dataset.type === 'table' ? <IconTable size={15} /> : <IconSql size={15} />}
      </span>
      {draft === null ? (
        <span className={classes.label} title={`${dataset.connectionName} · ${dataset.source}`}>
          {dataset.label}
        </span>
      ) : (
        <TextInput
          flex={1}
          aria-label={words.rename}
          value={draft}
          maxLength={200}
          autoFocus
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={finishRename}
          onKeyDown={(event) => {
            if (event.key === 'Enter') finishRename()
            if (event.key === 'Escape') setDraft(null)
          }}
        />
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={words.actions(dataset.label)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void addAnotherLayer()}>{words.addLayer}</Menu.Item>
          <Menu.Item onClick={() => setDrawer({ kind: 'dataset', datasetId: dataset.id })}>
            {dataset.type === 'query' ? words.editSql : words.asSql}
          </Menu.Item>
          <Menu.Item onClick={() => setDraft(dataset.label)}>{words.rename}</Menu.Item>
          <Menu.Item onClick={advising.open}>{words.speed}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={remove}>
            {words.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TileAdviceDialog
        opened={isAdvised}
        label={dataset.label}
        source={dataset}
        spatialDataColumn={spatialDataColumnOf(dataset) || undefined}
        onClose={advising.close}
      />
    </div>
  )
}
