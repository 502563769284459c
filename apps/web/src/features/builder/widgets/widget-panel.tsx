import type { MapDataset, MapWidget } from '@graticule/contract'
import { IconChartBar, IconDots, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, type DragEvent, useState } from 'react'
import { ActionIcon, Button, LookupFailed, Menu, PageState, Select, Stack, Text, TextInput } from '../../../ui/index.ts'
import classes from '../builder.module.css'
import { addWidget, moveWidget, removeWidget, updateWidget } from '../commands/widgets.ts'
import { newId } from '../sources/new-source.ts'
import { useSourceColumns } from '../sources/use-source-columns.ts'
import { useBuilder, useDocument } from '../store/builder-store.ts'
import { readableColumns } from './columns.ts'
import { selectionOf } from './crossfilter.ts'
import { WIDGET_DEFINITIONS } from './index.ts'
import { messages } from './messages.ts'
import { filterColumn, WidgetCard } from './widget-card.tsx'
import type { WidgetSettingsProps } from './widget-definition.ts'
import listClasses from './widget-list.module.css'

/** The right rail of Builder: widgets, their order and their settings. */
export function WidgetPanel() {
  const document = useDocument()
  const [editedId, setEditedId] = useState<string | null>(null)
  const { widgets } = document.keplerMapConfig.config.graticule
  const edited = widgets.find((widget) => widget.id === editedId)
  const lookup = useQuery(useSourceColumns(useOfferedDataset()))
  return (
    <>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>
          {messages.widgets}
          {widgets.length > 0 && <span className={classes.count}>{widgets.length}</span>}
        </h2>
        {document.datasets.length > 0 && <AddWidget onAdded={setEditedId} />}
      </div>
      <div className={classes.scroll}>
        {!edited && <LookupFailed query={lookup} what={messages.columns} m={12} />}
        {edited ? (
          <WidgetSettings key={edited.id} widget={edited} onDone={() => setEditedId(null)} />
        ) : widgets.length === 0 ? (
          <PageState icon={<IconChartBar size={20} />} title={messages.emptyTitle}>
            {messages.emptyText} {document.datasets.length === 0 && messages.needsSource}
          </PageState>
        ) : (
          <WidgetRows onEdit={setEditedId} />
        )}
      </div>
    </>
  )
}

function WidgetRows({ onEdit }: { onEdit: (widgetId: string) => void }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const selections = useBuilder((state) => state.selections)
  const setSelection = useBuilder((state) => state.setSelection)
  const { widgets } = document.keplerMapConfig.config.graticule
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const drop = (event: DragEvent, index: number) => {
    event.preventDefault()
    if (dragged) run(moveWidget(dragged, index))
    setDragged(null)
    setOver(null)
  }
  return (
    <ol className={listClasses.list}>
      {widgets.map((widget, index) => (
        <li
          key={widget.id}
          className={listClasses.widget}
          data-drop={over === widget.id && dragged !== widget.id ? 'before' : undefined}
          onDragOver={(event) => {
            if (!dragged) return
            event.preventDefault()
            setOver(widget.id)
          }}
          onDrop={(event) => drop(event, index)}
        >
          <WidgetCard
            widget={widget}
            dataset={document.datasets.find((dataset) => dataset.id === widget.dataSource)}
            selection={selectionOf(selections, widget)}
            onSelect={(selection) => {
              const column = filterColumn(widget)
              if (column) setSelection(widget, column, selection)
            }}
            actions={
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon
                    size={24}
                    aria-label={messages.actions(widget.title)}
                    draggable
                    onDragStart={(event) => {
                      event.dataTransfer.effectAllowed = 'move'
                      setDragged(widget.id)
                    }}
                    onDragEnd={() => {
                      setDragged(null)
                      setOver(null)
                    }}
                  >
                    <IconDots size={16} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => onEdit(widget.id)}>{messages.settings}</Menu.Item>
                  <Menu.Item disabled={index === 0} onClick={() => run(moveWidget(widget.id, index - 1))}>
                    {messages.moveUp}
                  </Menu.Item>
                  <Menu.Item
                    disabled={index === widgets.length - 1}
                    onClick={() => run(moveWidget(widget.id, index + 1))}
                  >
                    {messages.moveDown}
                  </Menu.Item>
                  <Menu.Divider />
                  <Menu.Item color="red" onClick={() => run(removeWidget(widget.id))}>
                    {messages.remove}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            }
          />
        </li>
      ))}
    </ol>
  )
}

/** What a new widget reads: the source of the selected layer, or the first one. */
function useOfferedDataset(): MapDataset | undefined {
  const { datasets, keplerMapConfig } = useDocument()
  const selectedLayerId = useBuilder((state) => state.selectedLayerId)
  const layer = keplerMapConfig.config.visState.layers.find((each) => each.id === selectedLayerId)
  return datasets.find((each) => each.id === layer?.config.dataId) ?? datasets[0]
}

function AddWidget({ onAdded }: { onAdded: (widgetId: string) => void }) {
  const run = useBuilder((state) => state.run)
  const dataset = useOfferedDataset()
  const lookup = useQuery(useSourceColumns(dataset))
  const columns = lookup.data
  const isUnread = lookup.isError && columns === undefined
  if (!dataset) return null
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="subtle" leftSection={<IconPlus size={16} />}>
          {messages.addWidget}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.values(WIDGET_DEFINITIONS).map((definition) => {
          const widget = definition.create(newId('widget'), dataset, readableColumns(columns ?? []))
          return (
            <Menu.Item
              key={definition.type}
              disabled={!widget}
              onClick={() => {
                if (!widget) return
                run(addWidget(widget))
                onAdded(widget.id)
              }}
            >
              <Text fw={500}>{definition.label}</Text>
              <Text size="xs" c="dimmed">
                {widget || isUnread ? definition.purpose : messages.noFit(definition.label.toLowerCase())}
              </Text>
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}

function WidgetSettings({ widget, onDone }: { widget: MapWidget; onDone: () => void }) {
  const document = useDocument()
  const run = useBuilder((state) => state.run)
  const selections = useBuilder((state) => state.selections)
  const setSelection = useBuilder((state) => state.setSelection)
  const dataset = document.datasets.find((each) => each.id === widget.dataSource)
  const lookup = useQuery(useSourceColumns(dataset))
  const columns = readableColumns(lookup.data ?? [])
  // As in WidgetCard: one key, which the type system cannot follow through the union.
  const Settings = WIDGET_DEFINITIONS[widget.type].Settings as ComponentType<WidgetSettingsProps<MapWidget>>
  const change = (next: MapWidget) => run(updateWidget(next), `widget:${widget.id}`)
  return (
    <>
      <div className={listClasses.widget}>
        <WidgetCard
          widget={widget}
          dataset={dataset}
          selection={selectionOf(selections, widget)}
          onSelect={(selection) => {
            const column = filterColumn(widget)
            if (column) setSelection(widget, column, selection)
          }}
        />
      </div>
      <Stack gap={12} p={16}>
        <TextInput
          label={messages.title}
          value={widget.title}
          maxLength={100}
          onChange={(event) => change({ ...widget, title: event.currentTarget.value })}
        />
        {document.datasets.length > 1 && (
          <Select
            label={messages.source}
            data={document.datasets.map((each) => ({ value: each.id, label: each.label }))}
            value={widget.dataSource}
            allowDeselect={false}
            onChange={(dataSource) => dataSource && change({ ...widget, dataSource })}
          />
        )}
        <LookupFailed query={lookup} what={messages.columns} />
        <Settings widget={widget} columns={columns} onChange={change} />
        <Select
          label={messages.follows}
          data={[
            { value: 'view', label: messages.inView },
            { value: 'global', label: messages.everything },
          ]}
          value={widget.global ? 'global' : 'view'}
          allowDeselect={false}
          onChange={(value) => change({ ...widget, global: value === 'global' })}
        />
        <Button variant="default" onClick={onDone}>
          {messages.done}
        </Button>
      </Stack>
    </>
  )
}
