import type { MapLayer } from '@graticule/contract'
import {
  IconAlertTriangle,
  IconDots,
  IconEye,
  IconEyeOff,
  IconGripVertical,
  IconInfoCircle,
  IconKey,
} from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { LAYER_TYPE_DEFINITIONS } from '../../../map/layers/index.ts'
import { ActionIcon, Button, Loader, Menu, TextInput, Tooltip, UnstyledButton } from '../../../ui/index.ts'
import { MarkerSwatch } from '../../viewer/marker-swatch.tsx'
import { AddCredentialsButton } from '../../viewer-credentials/add-credentials-button.tsx'
import { duplicateLayer, moveLayer, removeLayer, renameLayer, setLayerVisible } from '../commands/layers.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { messages } from '../messages.ts'
import { newId } from '../sources/new-source.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { rgbToHex } from '../style/color-conversion.ts'
import classes from './layer-panel.module.css'
import { useZoomToLayer } from './use-zoom-to-layer.ts'

/** One layer in the list, with its own loading and error state. */
export function LayerRow(props: {
  layer: MapLayer
  index: number
  count: number
  isSelected: boolean
  onDragStart: () => void
  onDragEnd: () => void
}) {
  const { layer, index, count } = props
  const run = useBuilder((state) => state.run)
  const selectLayer = useBuilder((state) => state.selectLayer)
  const progress = useBuilder((state) => state.tileProgress[layer.id])
  const { live, viewRef } = useLiveMapContext()
  const zoomToLayer = useZoomToLayer()
  const [isRenaming, setIsRenaming] = useState(false)
  const { label, isVisible } = layer.config
  const dataset = live.datasets.get(layer.config.dataId)
  const words = messages.layerRow

  const error = dataset?.error ?? live.layerErrors.get(layer.id) ?? progress?.error ?? null
  const refusal = dataset?.refusal ?? progress?.refusal ?? null
  const isLoading = isVisible && (dataset?.isLoading || (progress?.loading ?? 0) > 0)
  const retry = () => (dataset?.error ? dataset.retry() : viewRef.current?.retryLayer(layer.id))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault()
      run(moveLayer(layer.id, index + (event.key === 'ArrowUp' ? -1 : 1)))
    } else if (event.key === 'F2') {
      setIsRenaming(true)
    } else if (event.key === 'Delete') {
      run(removeLayer(layer.id))
    }
  }
  return (
    <>
      <div className={classes.row} data-selected={props.isSelected || undefined} data-hidden={!isVisible || undefined}>
        <span
          className={classes.grip}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move'
            event.dataTransfer.setData('text/plain', label)
            props.onDragStart()
          }}
          onDragEnd={props.onDragEnd}
          aria-hidden
        >
          <IconGripVertical size={14} />
        </span>
        <LayerSwatch layer={layer} />
        {isRenaming ? (
          <RenameField
            label={label}
            onDone={(next) => {
              setIsRenaming(false)
              if (next !== null) run(renameLayer(layer.id, next))
            }}
          />
        ) : (
          <UnstyledButton
            className={classes.label}
            aria-pressed={props.isSelected}
            title={label}
            onClick={() => selectLayer(layer.id)}
            onDoubleClick={() => setIsRenaming(true)}
            onKeyDown={onKeyDown}
          >
            {label}
          </UnstyledButton>
        )}
        {isLoading && <Loader size={14} aria-label={words.loading} />}
        {!isLoading && refusal && (
          <IconKey size={16} color="var(--text-dim)" role="img" aria-label={words.needsLogin} />
        )}
        {!isLoading && error && !refusal && (
          <IconAlertTriangle size={16} color="var(--mantine-color-error)" aria-hidden />
        )}
        {!isLoading && !error && isVisible && progress?.thinned && (
          <Tooltip label={words.thinned} multiline maw={220}>
            <IconInfoCircle size={15} color="var(--text-dim)" role="img" aria-label={words.thinned} />
          </Tooltip>
        )}
        <Tooltip label={isVisible ? words.hide(label) : words.show(label)}>
          <ActionIcon
            aria-label={isVisible ? words.hide(label) : words.show(label)}
            onClick={() => run(setLayerVisible(layer.id, !isVisible))}
          >
            {isVisible ? <IconEye size={16} /> : <IconEyeOff size={16} />}
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={words.actions(label)}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void zoomToLayer(layer)}>{words.zoom}</Menu.Item>
            <Menu.Item onClick={() => setIsRenaming(true)}>{words.rename}</Menu.Item>
            <Menu.Item onClick={() => run(duplicateLayer(layer.id, newId('layer'), words.copyOf(label)))}>
              {words.duplicate}
            </Menu.Item>
            <Menu.Item disabled={index === 0} onClick={() => run(moveLayer(layer.id, index - 1))}>
              {words.moveUp}
            </Menu.Item>
            <Menu.Item disabled={index === count - 1} onClick={() => run(moveLayer(layer.id, index + 1))}>
              {words.moveDown}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => run(removeLayer(layer.id))}>
              {words.delete}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {error && isVisible && (
        <div className={classes.note} role={refusal ? 'status' : 'alert'} data-calm={refusal !== null || undefined}>
          <span>{error}</span>
          {refusal === null && (
            <Button variant="default" size="compact-xs" flex="none" onClick={retry}>
              {words.retry}
            </Button>
          )}
          {refusal?.kind === 'needed' && (
            <AddCredentialsButton connection={refusal.connectionName} variant="default" size="compact-xs" flex="none" />
          )}
        </div>
      )}
    </>
  )
}

/** The look of a layer: its marker, its one colour, or the colours of its classes. */
export function LayerSwatch({ layer }: { layer: MapLayer }) {
  const { live } = useLiveMapContext()
  const { datasets } = useDocument()
  const descriptor = live.descriptors.find((each) => each.props.id === layer.id)
  const legend = descriptor && LAYER_TYPE_DEFINITIONS[layer.type].describeLegend(layer, descriptor)
  const first = legend?.sections[0]
  const family = legend?.family ?? 'polygon'
  let background = rgbToHex(layer.config.color)
  if (first?.kind === 'single') background = first.color
  if (first?.kind === 'single' && first.marker?.isTinted === false) return <MarkerSwatch color="" {...first.marker} />
  if (first?.kind === 'colors') {
    const colors = first.classes.map((each) => each.color)
    background = `linear-gradient(90deg, ${colors.flatMap((color, index) => [`${color} ${(index / colors.length) * 100}%`, `${color} ${((index + 1) / colors.length) * 100}%`]).join(', ')})`
  }
  const source = datasets.find((dataset) => dataset.id === layer.config.dataId)
  return (
    <span className={classes.swatch} data-family={family} style={{ background }} title={source?.label} aria-hidden />
  )
}

function RenameField({ label, onDone }: { label: string; onDone: (label: string | null) => void }) {
  const [draft, setDraft] = useState(label)
  return (
    <TextInput
      flex={1}
      aria-label={messages.layerRow.rename}
      value={draft}
      maxLength={200}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => onDone(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onDone(draft)
        if (event.key === 'Escape') onDone(null)
      }}
    />
  )
}
