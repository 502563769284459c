import type { MapLayer, PopupSettings } from '@graticule/contract'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { isNumberFormat } from '../../../map/format-value.ts'
import { ActionIcon, Group, LookupFailed, Select, Stack, Switch, Text, TextInput } from '../../../ui/index.ts'
import { setPopup } from '../commands/layers.ts'
import layerClasses from '../layers/layer-panel.module.css'
import { messages } from '../messages.ts'
import { useSourceColumns } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { readableColumns } from '../widgets/columns.ts'

type LayerPopup = PopupSettings['layers'][string]
type PopupField = LayerPopup['hover']['fields'][number]

const NO_POPUP: LayerPopup = {
  enabled: false,
  hover: { style: 'light', fields: [] },
  click: { style: 'none', fields: [] },
}

/** Which columns a tooltip shows, in which order, under which name and format. */
export function TooltipEditor({ layer }: { layer: MapLayer }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  const lookup = useQuery(useSourceColumns(dataset))
  const columns = readableColumns(lookup.data ?? [])
  const popup = document.keplerMapConfig.config.popupSettings?.layers[layer.id] ?? NO_POPUP
  const { fields } = popup.hover
  const words = messages.tooltip
  const setFields = (next: PopupField[], mergeKey?: string) =>
    run(setPopup(layer.id, { ...popup, hover: { ...popup.hover, fields: next } }), mergeKey)
  const change = (index: number, part: Partial<PopupField>) =>
    setFields(
      fields.map((field, position) => (position === index ? { ...field, ...part } : field)),
      `tooltip:${layer.id}:${index}`,
    )
  const move = (index: number, by: number) => {
    const next = [...fields]
    const [moved] = next.splice(index, 1)
    if (moved) next.splice(index + by, 0, moved)
    setFields(next)
  }
  const unused = columns.map((column) => column.name).filter((name) => !fields.some((field) => field.name === name))
  return (
    <Stack gap={8}>
      <Switch
        label={words.onHover}
        checked={popup.enabled}
        onChange={(event) => run(setPopup(layer.id, { ...popup, enabled: event.currentTarget.checked }))}
      />
      {popup.enabled && (
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {fields.length > 0 ? words.fields : words.none}
          </Text>
          {fields.map((field, index) => (
            <div key={field.name} className={layerClasses.fieldRow}>
              <TextInput
                aria-label={words.name(field.name)}
                placeholder={field.name}
                value={field.customName ?? ''}
                onChange={(event) => {
                  const customName = event.currentTarget.value
                  change(index, { customName: customName === '' ? undefined : customName })
                }}
              />
              <TextInput
                aria-label={words.format(field.name)}
                placeholder=",.1f"
                value={field.format ?? ''}
                error={Boolean(field.format) && !isNumberFormat(field.format ?? '')}
                onChange={(event) => {
                  const format = event.currentTarget.value
                  change(index, { format: format === '' ? null : format })
                }}
              />
              <Group gap={0} wrap="nowrap">
                <ActionIcon
                  size={22}
                  aria-label={words.up(field.name)}
                  disabled={index === 0}
                  onClick={() => move(index, -1)}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  size={22}
                  aria-label={words.down(field.name)}
                  disabled={index === fields.length - 1}
                  onClick={() => move(index, 1)}
                >
                  <IconArrowDown size={14} />
                </ActionIcon>
                <ActionIcon
                  size={22}
                  aria-label={words.remove(field.name)}
                  onClick={() => setFields(fields.filter((_, position) => position !== index))}
                >
                  <IconX size={14} />
                </ActionIcon>
              </Group>
            </div>
          ))}
          <LookupFailed query={lookup} what={words.columns} />
          {unused.length > 0 && (
            <Select
              aria-label={words.add}
              placeholder={words.add}
              data={unused}
              value={null}
              searchable={unused.length > 8}
              onChange={(name) => name && setFields([...fields, { name }])}
            />
          )}
        </div>
      )}
    </Stack>
  )
}
