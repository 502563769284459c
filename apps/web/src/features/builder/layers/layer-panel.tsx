import { IconPlus } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { Button, Text } from '../../../ui/index.ts'
import classes from '../builder.module.css'
import { moveLayer } from '../commands/layers.ts'
import { messages } from '../messages.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import rowClasses from './layer-panel.module.css'
import { LayerRow } from './layer-row.tsx'
import { LayerSections } from './layer-sections.tsx'
import { SourceList } from './source-list.tsx'

/** The left panel: layers from top to bottom, sources, and the sections of the selected layer. */
export function LayerPanel({ onAddSource }: { onAddSource: () => void }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const selectedLayerId = useBuilder((state) => state.selectedLayerId)
  const { layers } = document.keplerMapConfig.config.visState
  const selected = layers.find((layer) => layer.id === selectedLayerId)
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)

  const drop = (event: DragEvent, index: number) => {
    event.preventDefault()
    if (dragged) run(moveLayer(dragged, index))
    setDragged(null)
    setOver(null)
  }
  const draggedIndex = layers.findIndex((layer) => layer.id === dragged)
  return (
    <>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>
          {messages.layers}
          {layers.length > 0 && <span className={classes.count}>{layers.length}</span>}
        </h2>
        <Button variant="subtle" leftSection={<IconPlus size={16} />} onClick={onAddSource}>
          {messages.addSource}
        </Button>
      </div>
      <div className={classes.scroll}>
        {layers.length > 0 ? (
          <ol className={rowClasses.list} aria-description={messages.layerRow.reorderHint}>
            {layers.map((layer, index) => (
              <li
                key={layer.id}
                className={rowClasses.item}
                data-drop={
                  over === layer.id && dragged !== layer.id ? (draggedIndex < index ? 'after' : 'before') : undefined
                }
                onDragOver={(event) => {
                  if (!dragged) return
                  event.preventDefault()
                  setOver(layer.id)
                }}
                onDrop={(event) => drop(event, index)}
              >
                <LayerRow
                  layer={layer}
                  index={index}
                  count={layers.length}
                  isSelected={layer.id === selectedLayerId}
                  onDragStart={() => setDragged(layer.id)}
                  onDragEnd={() => {
                    setDragged(null)
                    setOver(null)
                  }}
                />
              </li>
            ))}
          </ol>
        ) : (
          <Text c="dimmed" p={16}>
            {messages.noLayers}
          </Text>
        )}
        {document.datasets.length > 0 && <SourceList />}
        {selected && <LayerSections key={selected.id} layer={selected} />}
      </div>
    </>
  )
}
