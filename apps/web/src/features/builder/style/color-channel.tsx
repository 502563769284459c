import type { ColorRange, MapLayer } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { customizationQuery } from '../../../api/customization.ts'
import type { ColumnStatistics } from '../../../map/dataset-source.ts'
import { columnStatisticsQuery, sentenceOf } from '../../../map/dataset-source.ts'
import { widgetSourceOf } from '../../../map/widget-source.ts'
import {
  Alert,
  Button,
  ColorInput,
  ColorPicker,
  ColorSwatch,
  Group,
  NumberInput,
  Popover,
  Select,
  Skeleton,
  Stack,
  Text,
  UnstyledButton,
} from '../../../ui/index.ts'
import { type ColorTarget, clearColorColumn, type ScaleName, setColorByColumn } from '../commands/style.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { useSourceColumns } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { isCategorical, isNumeric } from '../widgets/columns.ts'
import { requestHistogram } from '../widgets/histogram/request.ts'
import { ClassBreaks } from './class-breaks.tsx'
import {
  breaksOf,
  COLOR_METHODS,
  type ColorMethod,
  categoriesOf,
  classify,
  isNumericMethod,
  numericExtent,
  startingBreaks,
  withBreaks,
  withColor,
} from './classification.ts'
import { hexToRgb, rgbToHex } from './color-conversion.ts'
import { messages } from './messages.ts'
import { PalettePicker } from './palette-picker.tsx'
import {
  DEFAULT_PALETTE,
  isReversedRange,
  maxClasses,
  organizationPalettes,
  type Palette,
  paletteByName,
  paletteOf,
  toColorRange,
} from './palettes.ts'

const ONE_VALUE = ''
const DEFAULT_CLASSES = 5
const DEFAULT_CATEGORIES = 8

interface Channel {
  readonly field: { readonly name: string; readonly type: string } | null | undefined
  readonly scale: ScaleName | undefined
  readonly range: ColorRange | undefined
}

function channelOf(layer: MapLayer, target: ColorTarget): Channel {
  const { visualChannels, config } = layer
  return target === 'fill'
    ? { field: visualChannels.colorField, scale: visualChannels.colorScale, range: config.visConfig.colorRange }
    : {
        field: visualChannels.strokeColorField,
        scale: visualChannels.strokeColorScale,
        range: config.visConfig.strokeColorRange,
      }
}

/** Colours by one value or by a column. */
export function ColorChannel(props: {
  layer: MapLayer
  target: ColorTarget
  color: readonly number[]
  onColor: (color: readonly number[]) => void
}) {
  const { layer, target } = props
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  // A failure is told once for the whole panel.
  const columns = (useQuery(useSourceColumns(dataset)).data ?? []).filter(
    (column) => isNumeric(column) || isCategorical(column),
  )
  const channel = channelOf(layer, target)
  const names = columns.map((column) => column.name)
  const chosen = channel.field?.name ?? ONE_VALUE
  const choose = (name: string | null) => {
    if (!name) {
      run(clearColorColumn(layer.id, target))
      return
    }
    const column = columns.find((each) => each.name === name)
    if (!column) return
    // Which categories there are is known once the statistics are; until then the client takes the most frequent.
    const range = isNumeric(column)
      ? toColorRange(paletteByName(DEFAULT_PALETTE.sequential), DEFAULT_CLASSES)
      : toColorRange(paletteByName(DEFAULT_PALETTE.qualitative), DEFAULT_CATEGORIES)
    const type = isNumeric(column) ? 'real' : column.type
    run(setColorByColumn(layer.id, target, { name, type }, isNumeric(column) ? 'quantile' : 'ordinal', range))
  }
  return (
    <Stack gap={8}>
      <Row label={messages.by}>
        <Select
          aria-label={`${target === 'fill' ? messages.fill : messages.stroke}: ${messages.by}`}
          data={[
            { value: ONE_VALUE, label: messages.oneValue },
            ...(chosen && !names.includes(chosen) ? [chosen] : []).map((name) => ({ value: name, label: name })),
            ...names.map((name) => ({ value: name, label: name })),
          ]}
          value={chosen}
          searchable={names.length > 8}
          allowDeselect={false}
          onChange={choose}
        />
      </Row>
      {channel.field && channel.range && channel.scale ? (
        <Classes layer={layer} target={target} channel={channel} />
      ) : (
        <Row label={messages.color}>
          <ColorInput
            aria-label={messages.color}
            value={rgbToHex(props.color)}
            format="hex"
            eyeDropperButtonProps={{ 'aria-label': messages.pickFromScreen }}
            onChange={(hex) => {
              const color = hexToRgb(hex)
              if (color) props.onColor(color)
            }}
          />
        </Row>
      )}
    </Stack>
  )
}

function Classes({ layer, target, channel }: { layer: MapLayer; target: ColorTarget; channel: Channel }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const { access } = useLiveMapContext()
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  const column = channel.field?.name ?? ''
  const statistics = useQuery({
    ...columnStatisticsQuery(dataset ?? document.datasets[0] ?? missingDataset, column, access),
    enabled: dataset !== undefined,
  })
  const customization = useQuery(customizationQuery).data
  const own = useMemo(() => organizationPalettes(customization?.palettes ?? []), [customization])
  const { field, scale, range } = channel
  if (!field || !range || !scale || !dataset) return null
  const isNumericColumn = statistics.data ? numericExtent(statistics.data) !== null : isNumericMethod(scale)
  const palette = paletteOf(range, own)
  const method = COLOR_METHODS.find((each) => each === scale) ?? 'quantile'
  const offered = COLOR_METHODS.filter((each) => isNumericColumn || each === 'ordinal')
  const apply = (next: ColorRange, nextScale: ScaleName = scale, mergeKey?: string) =>
    run(setColorByColumn(layer.id, target, field, nextScale, next), mergeKey)
  const reclassify = (change: { method?: ColorMethod; palette?: Palette; classes?: number; isReversed?: boolean }) => {
    const nextMethod = change.method ?? method
    const isKindChange = (nextMethod === 'ordinal') !== (method === 'ordinal')
    const nextPalette =
      change.palette ??
      (isKindChange
        ? paletteByName(nextMethod === 'ordinal' ? DEFAULT_PALETTE.qualitative : DEFAULT_PALETTE.sequential)
        : palette)
    apply(
      classify({
        method: nextMethod,
        palette: nextPalette,
        classes:
          change.classes ??
          (isKindChange ? (nextMethod === 'ordinal' ? DEFAULT_CATEGORIES : DEFAULT_CLASSES) : range.colors.length),
        isReversed: change.isReversed ?? isReversedRange(range, own),
        statistics: statistics.data,
        previous: range,
        previousMethod: scale,
      }),
      nextMethod,
    )
  }
  const setClassColor = (index: number, color: string) =>
    apply(withColor(range, index, color), scale, `class-color:${layer.id}:${index}`)
  return (
    <Stack gap={8}>
      {offered.length > 1 && (
        <Row label={messages.method}>
          <Select
            aria-label={messages.method}
            data={offered.map((each) => ({ value: each, label: messages.methods[each] }))}
            value={method}
            allowDeselect={false}
            onChange={(value) => {
              const next = COLOR_METHODS.find((each) => each === value)
              if (next) reclassify({ method: next })
            }}
          />
        </Row>
      )}
      <Row label={messages.palette}>
        <PalettePicker
          range={range}
          kinds={
            method === 'ordinal'
              ? ['qualitative', 'sequential', 'diverging']
              : ['sequential', 'diverging', 'qualitative']
          }
          own={own}
          onChange={(chosen) => reclassify({ palette: chosen })}
          onReverse={() => reclassify({ isReversed: !isReversedRange(range, own) })}
        />
      </Row>
      <Row label={method === 'ordinal' ? messages.categories : messages.steps}>
        <NumberInput
          aria-label={messages.steps}
          min={2}
          max={maxClasses(palette)}
          clampBehavior="strict"
          value={range.colors.length}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 2 && value !== range.colors.length) {
              reclassify({ classes: Math.min(maxClasses(palette), Math.round(value)) })
            }
          }}
        />
      </Row>
      {statistics.isPending && <Skeleton height={64} />}
      {statistics.isError && (
        <Alert color="red" title={messages.statisticsFailed}>
          {sentenceOf(statistics.error)}{' '}
          <Button variant="default" size="compact-xs" onClick={() => void statistics.refetch()}>
            {messages.retry}
          </Button>
        </Alert>
      )}
      {statistics.data && method !== 'ordinal' && (
        <NumericClasses
          layer={layer}
          column={column}
          statistics={statistics.data}
          scale={scale}
          range={range}
          onBreaks={(breaks) => apply(withBreaks(range, breaks), 'custom', `breaks:${layer.id}:${target}`)}
          onColor={setClassColor}
        />
      )}
      {statistics.data && method === 'ordinal' && (
        <Categories range={range} statistics={statistics.data} onColor={setClassColor} />
      )}
    </Stack>
  )
}

const missingDataset = { connectionName: '', type: 'table', source: '', geoColumn: '' } as unknown as Parameters<
  typeof columnStatisticsQuery
>[0]

const DISTRIBUTION_BARS = 40

function NumericClasses(props: {
  layer: MapLayer
  column: string
  statistics: ColumnStatistics
  scale: ScaleName
  range: ColorRange
  onBreaks: (breaks: number[]) => void
  onColor: (index: number, color: string) => void
}) {
  const { layer, column, statistics, scale, range } = props
  const document = useDocument()
  const { access } = useLiveMapContext()
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  const extent = numericExtent(statistics)
  const bins = useQuery({
    queryKey: ['builder', 'distribution', dataset?.connectionName, dataset?.source, column, extent],
    queryFn: ({ signal }) =>
      dataset && extent
        ? requestHistogram(widgetSourceOf(dataset, access), column, extent, DISTRIBUTION_BARS, {
            filters: {},
            filterOwner: '',
            spatialFilter: undefined,
            signal,
          })
        : [],
    enabled: dataset !== undefined && extent !== null,
    staleTime: 10 * 60_000,
    retry: false,
  })
  if (!extent) return null
  const breaks = scale === 'custom' ? breaksOf(range) : startingBreaks(scale, statistics, range.colors.length)
  return (
    <Stack gap={8}>
      {bins.isPending ? (
        <Skeleton height={64} />
      ) : (
        <ClassBreaks
          bins={bins.data ?? []}
          extent={extent}
          breaks={breaks}
          colors={range.colors}
          onChange={props.onBreaks}
        />
      )}
      <Group gap={4} wrap="nowrap">
        {Array.from(range.colors.entries(), ([position, color]) => (
          <ClassColor
            key={position}
            color={color}
            label={`${position + 1}`}
            onChange={(next) => props.onColor(position, next)}
            isWide
          />
        ))}
      </Group>
    </Stack>
  )
}

function Categories(props: {
  range: ColorRange
  statistics: ColumnStatistics
  onColor: (index: number, color: string) => void
}) {
  const known = categoriesOf(props.statistics)
  const shown = props.range.colorMap
    ? props.range.colorMap.map(([value]) => String(value))
    : known.slice(0, props.range.colors.length).map(String)
  const rest = known.length - shown.length
  return (
    <Stack gap={2}>
      {shown.map((category, index) => (
        <Group key={category} gap={8} wrap="nowrap">
          <ClassColor
            color={props.range.colorMap?.[index]?.[1] ?? props.range.colors[index] ?? '#868D91'}
            label={category}
            onChange={(color) => props.onColor(index, color)}
          />
          <Text truncate flex={1}>
            {category}
          </Text>
        </Group>
      ))}
      {rest > 0 && (
        <Text size="xs" c="dimmed">
          {messages.moreCategories(rest)}
        </Text>
      )}
    </Stack>
  )
}

function ClassColor(props: { color: string; label: string; onChange: (color: string) => void; isWide?: boolean }) {
  return (
    <Popover position="bottom-start" withinPortal>
      <Popover.Target>
        <UnstyledButton aria-label={messages.classColor(props.label)} flex={props.isWide ? 1 : undefined}>
          <ColorSwatch
            color={props.color}
            size={props.isWide ? 18 : 16}
            radius={3}
            withShadow={false}
            w={props.isWide ? '100%' : undefined}
          />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <ColorPicker format="hex" value={props.color} onChange={(hex) => props.onChange(hex.toUpperCase())} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** A label beside its control, in the panel's two columns. */
export function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Group gap={12} wrap="nowrap">
      <Text size="xs" c="dimmed" w={72} flex="none">
        {label}
      </Text>
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
    </Group>
  )
}
