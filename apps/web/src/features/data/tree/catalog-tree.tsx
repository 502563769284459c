import { IconRefresh, IconSearch, IconX } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { ActionIcon, TextInput, Tooltip, useDebouncedValue } from '../../../ui/index.ts'
import { useAskCredentials } from '../../viewer-credentials/ask-credentials.tsx'
import { messages } from '../messages.ts'
import classes from './catalog-tree.module.css'
import { connectionKey, flattenTree, schemaKey, type TreeNode, tableKey } from './flatten-tree.ts'
import { isBranch, moveInTree } from './move-in-tree.ts'
import { TreeLine } from './tree-line.tsx'
import { useCatalog } from './use-catalog.ts'

/** Height of one line, pixels. */
const LINE_HEIGHT = 28

/** What the address says is open. */
export interface TreeSelection {
  readonly connection?: string
  readonly schema?: string
  readonly table?: string
}

/** Every connection, schema and table in one searchable tree that the keyboard can walk. */
export function CatalogTree(props: {
  connections: readonly string[]
  selection: TreeSelection
  onOpenTable: (connection: string, schema: string, table: string) => void
}) {
  const { connections, selection, onOpenTable } = props
  const [search, setSearch] = useState('')
  const [filter] = useDebouncedValue(search.trim().toLowerCase(), 150)
  const [expanded, setExpanded] = useExpanded(connections, selection)
  const { reload, ...catalog } = useCatalog(connections, expanded, filter)
  const ask = useAskCredentials()
  const nodes = flattenTree(catalog)
  const selectedKey =
    selection.connection && selection.schema && selection.table
      ? tableKey(selection.connection, selection.schema, selection.table)
      : null
  const [focusedKey, setFocusedKey] = useState<string | null>(selectedKey)
  const focusedIndex = Math.max(
    nodes.findIndex(({ key }) => key === focusedKey),
    0,
  )
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 12,
  })

  const setOpen = (key: string, isOpen: boolean) =>
    setExpanded((current) => {
      const next = new Set(current)
      if (isOpen) next.add(key)
      else next.delete(key)
      return next
    })
  const activate = (node: TreeNode) => {
    setFocusedKey(node.key)
    if (isBranch(node)) setOpen(node.key, !node.isExpanded)
    else if (node.kind === 'table') onOpenTable(node.connection, node.table.schema, node.table.name)
    else if (node.note === 'failed') reload()
    else if (node.note === 'needs-login') ask?.(node.connection)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveInTree(nodes, focusedIndex, event.key)
    if (!move) return
    event.preventDefault()
    if (move.type === 'focus') {
      setFocusedKey(nodes[move.index]?.key ?? null)
      virtual.scrollToIndex(move.index)
    } else if (move.type === 'activate') activate(move.node)
    else setOpen(move.node.key, move.type === 'expand')
  }

  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <TextInput
          aria-label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          leftSection={<IconSearch size={14} />}
          rightSection={
            search && (
              <ActionIcon size={20} aria-label={messages.clearSearch} onClick={() => setSearch('')}>
                <IconX size={14} />
              </ActionIcon>
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') scroller.current?.focus()
          }}
        />
        <Tooltip label={messages.refresh}>
          <ActionIcon aria-label={messages.refresh} onClick={reload}>
            <IconRefresh size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div
        ref={scroller}
        className={classes.tree}
        role="tree"
        tabIndex={0}
        aria-label={messages.treeLabel}
        aria-activedescendant={nodes[focusedIndex] ? lineId(nodes[focusedIndex]) : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const node = nodes[item.index]
            if (!node) return null
            return (
              <TreeLine
                key={node.key}
                id={lineId(node)}
                node={node}
                top={item.start}
                isFocused={item.index === focusedIndex}
                isSelected={node.key === selectedKey}
                onActivate={() => activate(node)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function lineId(node: TreeNode): string {
  return `tree-${encodeURIComponent(node.key)}`
}

/** The open branches: what the address names, and the only connection when there is just one. */
function useExpanded(connections: readonly string[], selection: TreeSelection) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const only = connections.length === 1 ? connections[0] : undefined
  const connection = selection.connection ?? only
  const { schema } = selection
  useEffect(() => {
    if (!connection) return
    setExpanded((current) => {
      const next = new Set(current).add(connectionKey(connection))
      return schema ? next.add(schemaKey(connection, schema)) : next
    })
  }, [connection, schema])
  return [expanded, setExpanded] as const
}
