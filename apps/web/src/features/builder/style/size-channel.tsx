import type { MapLayer } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { Group, NumberInput, Select, Slider, Stack, Text } from '../../../ui/index.ts'
import { clearSizeColumn, type SizeTarget, setSizeByColumn } from '../commands/style.ts'
import { useSourceColumns } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { isNumeric } from '../widgets/columns.ts'
import { Row } from './color-channel.tsx'
import { messages } from './messages.ts'

const ONE_VALUE = ''
const SCALES = ['linear', 'sqrt', 'log'] as const

const DEFAULT_RANGE: Readonly<Record<SizeTarget, readonly [number, number]>> = {
  radius: [2, 14],
  thickness: [0.5, 8],
  height: [0, 500_000],
}

function channelOf(layer: MapLayer, target: SizeTarget) {
  const { visualChannels, config } = layer
  switch (target) {
    case 'radius':
      return {
        field: visualChannels.radiusField,
        scale: visualChannels.radiusScale,
        range: config.visConfig.radiusRange,
      }
    case 'thickness':
      return { field: visualChannels.sizeField, scale: visualChannels.sizeScale, range: config.visConfig.sizeRange }
    case 'height':
      return {
        field: visualChannels.heightField,
        scale: visualChannels.heightScale,
        range: config.visConfig.heightRange,
      }
  }
}

/** A size by one value or by a column; without `value` only a column makes sense. */
export function SizeChannel(props: {
  layer: MapLayer
  target: SizeTarget
  label: string
  value?: number
  limits: { readonly min: number; readonly max: number; readonly step: number }
  onValue?: (value: number) => void
}) {
  const { layer, target, limits } = props
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  // A failure is told once for the whole panel.
  const columns = (useQuery(useSourceColumns(dataset)).data ?? []).filter(isNumeric)
  const channel = channelOf(layer, target)
  const names = columns.map((column) => column.name)
  const chosen = channel.field?.name ?? ONE_VALUE
  const [low = 0, high = 1] = channel.range ?? DEFAULT_RANGE[target]
  const scale = SCALES.find((each) => each === channel.scale) ?? 'linear'
  const apply = (
    name: string,
    nextScale: (typeof SCALES)[number],
    range: readonly [number, number],
    mergeKey?: string,
  ) => run(setSizeByColumn(layer.id, target, { name, type: 'real' }, nextScale, range), mergeKey)
  return (
    <Stack gap={8}>
      <Row label={props.label}>
        <Select
          aria-label={`${props.label}: ${messages.by}`}
          data={[
            { value: ONE_VALUE, label: messages.oneValue },
            ...(chosen && !names.includes(chosen) ? [chosen] : []).map((name) => ({ value: name, label: name })),
            ...names.map((name) => ({ value: name, label: name })),
          ]}
          value={chosen}
          searchable={names.length > 8}
          allowDeselect={false}
          onChange={(name) => {
            if (!name) run(clearSizeColumn(layer.id, target))
            else
              apply(name, target === 'radius' ? 'sqrt' : 'linear', channel.range ? [low, high] : DEFAULT_RANGE[target])
          }}
        />
      </Row>
      {chosen === ONE_VALUE && props.value !== undefined && (
        <Group gap={12} wrap="nowrap">
          <Slider
            flex={1}
            ml={84}
            min={limits.min}
            max={Math.min(limits.max, target === 'radius' ? 40 : 12)}
            step={limits.step}
            value={props.value}
            label={null}
            thumbLabel={props.label}
            onChange={(value) => props.onValue?.(value)}
          />
          <Text size="xs" w={44} ta="right" className="tabular">
            {props.value} {messages.pixels}
          </Text>
        </Group>
      )}
      {chosen !== ONE_VALUE && (
        <>
          <Row label={messages.range}>
            <Group gap={8} wrap="nowrap" grow>
              <NumberInput
                aria-label={`${props.label}: ${messages.range} 1`}
                min={limits.min}
                max={limits.max}
                value={low}
                onChange={(value) => {
                  if (typeof value === 'number') apply(chosen, scale, [value, high], `${target}-range:${layer.id}`)
                }}
              />
              <NumberInput
                aria-label={`${props.label}: ${messages.range} 2`}
                min={limits.min}
                max={limits.max}
                value={high}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {target === 'height' ? messages.metres : messages.pixels}
                  </Text>
                }
                onChange={(value) => {
                  if (typeof value === 'number') apply(chosen, scale, [low, value], `${target}-range:${layer.id}`)
                }}
              />
            </Group>
          </Row>
          <Row label={messages.sizeScale}>
            <Select
              aria-label={messages.sizeScale}
              data={SCALES.map((each) => ({ value: each, label: messages.sizeScales[each] }))}
              value={scale}
              allowDeselect={false}
              onChange={(value) => {
                const next = SCALES.find((each) => each === value)
                if (next) apply(chosen, next, [low, high])
              }}
            />
          </Row>
        </>
      )}
    </Stack>
  )
}
