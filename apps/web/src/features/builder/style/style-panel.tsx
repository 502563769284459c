import type { MapLayer } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { LAYER_TYPE_DEFINITIONS } from '../../../map/layers/index.ts'
import { markerOf } from '../../../map/layers/tileset/legend.ts'
import { Divider, Group, LookupFailed, NumberInput, Slider, Stack, Switch, Text } from '../../../ui/index.ts'
import { setFillColor, setStyle } from '../commands/style.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { useSourceColumns } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { ColorChannel } from './color-channel.tsx'
import { MarkerField } from './marker-field.tsx'
import { messages } from './messages.ts'
import { SizeChannel } from './size-channel.tsx'

/** How a layer looks: fill, stroke, size and height, each by one value or by a column. */
export function StylePanel({ layer }: { layer: MapLayer }) {
  const run = useBuilder((state) => state.run)
  const { datasets } = useDocument()
  const columns = useQuery(useSourceColumns(datasets.find((each) => each.id === layer.config.dataId)))
  const { live } = useLiveMapContext()
  const descriptor = live.descriptors.find((each) => each.props.id === layer.id)
  const family = descriptor ? LAYER_TYPE_DEFINITIONS[layer.type].describeLegend(layer, descriptor).family : 'polygon'
  const { visConfig, color } = layer.config
  const hasFill = family !== 'line'
  const marker = markerOf(layer, family)
  const isStroked = family === 'line' || visConfig.stroked !== false
  return (
    <Stack gap={12}>
      <LookupFailed query={columns} what={messages.columns} />
      {family === 'point' && <MarkerField layer={layer} url={marker?.url ?? null} />}
      {hasFill && (
        <Stack gap={8}>
          <SectionHead
            label={marker === null ? messages.fill : messages.tint}
            isOn={visConfig.filled !== false}
            onToggle={(filled) => run(setStyle(layer.id, { filled }))}
          />
          {visConfig.filled !== false && (
            <>
              <ColorChannel
                layer={layer}
                target="fill"
                color={color}
                onColor={(next) => run(setFillColor(layer.id, next), `color:${layer.id}`)}
              />
              <Opacity
                value={visConfig.opacity ?? 1}
                onChange={(opacity) => run(setStyle(layer.id, { opacity }), `opacity:${layer.id}`)}
              />
            </>
          )}
        </Stack>
      )}
      {family === 'point' && (
        <>
          <Divider />
          <SizeChannel
            layer={layer}
            target="radius"
            label={marker === null ? messages.radius : messages.size}
            value={visConfig.radius ?? 4}
            limits={{ min: 0, max: 100, step: 0.5 }}
            onValue={(radius) => run(setStyle(layer.id, { radius }), `radius:${layer.id}`)}
          />
        </>
      )}
      {marker === null && (
        <>
          {hasFill && <Divider />}
          <Stack gap={8}>
            {family === 'line' ? (
              <Text fw={600}>{messages.stroke}</Text>
            ) : (
              <SectionHead
                label={messages.outline}
                isOn={visConfig.stroked !== false}
                onToggle={(stroked) => run(setStyle(layer.id, { stroked }))}
              />
            )}
            {isStroked && (
              <>
                <ColorChannel
                  layer={layer}
                  target="stroke"
                  color={visConfig.strokeColor ?? color}
                  onColor={(next) => run(setStyle(layer.id, { strokeColor: [...next] }), `stroke:${layer.id}`)}
                />
                <Opacity
                  value={visConfig.strokeOpacity ?? 1}
                  onChange={(strokeOpacity) => run(setStyle(layer.id, { strokeOpacity }), `stroke-opacity:${layer.id}`)}
                />
                <SizeChannel
                  layer={layer}
                  target="thickness"
                  label={messages.width}
                  value={visConfig.thickness ?? 1}
                  limits={{ min: 0, max: 30, step: 0.1 }}
                  onValue={(thickness) => run(setStyle(layer.id, { thickness }), `thickness:${layer.id}`)}
                />
              </>
            )}
          </Stack>
        </>
      )}
      {family === 'polygon' && (
        <>
          <Divider />
          <Stack gap={8}>
            <SectionHead
              label={messages.height}
              isOn={visConfig.enable3d === true}
              onToggle={(enable3d) => run(setStyle(layer.id, { enable3d }))}
            />
            {visConfig.enable3d && (
              <>
                <SizeChannel
                  layer={layer}
                  target="height"
                  label={messages.height}
                  limits={{ min: 0, max: 5_000_000, step: 1000 }}
                />
                <NumberInput
                  label={messages.elevationScale}
                  min={0}
                  max={100}
                  step={0.1}
                  decimalScale={2}
                  value={visConfig.elevationScale ?? 1}
                  onChange={(value) => {
                    if (typeof value === 'number') {
                      run(setStyle(layer.id, { elevationScale: value }), `elevation:${layer.id}`)
                    }
                  }}
                />
              </>
            )}
          </Stack>
        </>
      )}
    </Stack>
  )
}

function SectionHead(props: { label: string; isOn: boolean; onToggle: (isOn: boolean) => void }) {
  return (
    <Group justify="space-between">
      <Text fw={600}>{props.label}</Text>
      <Switch
        aria-label={props.label}
        checked={props.isOn}
        onChange={(event) => props.onToggle(event.currentTarget.checked)}
      />
    </Group>
  )
}

function Opacity({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  return (
    <Group gap={12} wrap="nowrap">
      <Text size="xs" c="dimmed" w={72} flex="none">
        {messages.opacity}
      </Text>
      <Slider
        flex={1}
        min={0}
        max={1}
        step={0.01}
        value={value}
        label={null}
        thumbLabel={messages.opacity}
        onChange={onChange}
      />
      <Text size="xs" w={36} ta="right" className="tabular">
        {Math.round(value * 100)}%
      </Text>
    </Group>
  )
}
