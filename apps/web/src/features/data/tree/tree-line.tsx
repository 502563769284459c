import {
  IconChevronDown,
  IconChevronRight,
  IconDatabase,
  IconFolder,
  IconKey,
  IconLine,
  IconPoint,
  IconPolygon,
  IconShape,
  IconTable,
} from '@tabler/icons-react'
import { Loader } from '../../../ui/index.ts'
import { messages as credentialMessages } from '../../viewer-credentials/messages.ts'
import { formatCount } from '../format-quantity.ts'
import { messages } from '../messages.ts'
import classes from './catalog-tree.module.css'
import type { TreeNode } from './flatten-tree.ts'
import { isBranch } from './move-in-tree.ts'

/** One line of the tree. The tree itself holds the keyboard focus and names its active line. */
export function TreeLine(props: {
  id: string
  node: TreeNode
  top: number
  isFocused: boolean
  isSelected: boolean
  onActivate: () => void
}) {
  const { node } = props
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys for its active line.
    // biome-ignore lint/a11y/useFocusableInteractive: the tree keeps the focus and points here by aria-activedescendant.
    <div
      id={props.id}
      role="treeitem"
      aria-level={node.level}
      aria-expanded={isBranch(node) ? node.isExpanded : undefined}
      aria-selected={props.isSelected}
      data-kind={node.kind}
      data-note={node.kind === 'note' ? node.note : undefined}
      data-focused={props.isFocused || undefined}
      className={classes.line}
      style={{ top: props.top, paddingLeft: 8 + (node.level - 1) * 16 }}
      title={node.kind === 'table' ? (node.table.comment ?? node.label) : node.label}
      onClick={props.onActivate}
    >
      {isBranch(node) &&
        (node.isExpanded ? (
          <IconChevronDown size={14} className={classes.icon} aria-hidden />
        ) : (
          <IconChevronRight size={14} className={classes.icon} aria-hidden />
        ))}
      <NodeIcon node={node} />
      <span className={classes.label}>{lineText(node)}</span>
      {node.kind === 'schema' && <span className={`${classes.count} tabular`}>{node.tableCount}</span>}
      {node.kind === 'table' && node.table.rowEstimate !== null && (
        <span className={`${classes.count} tabular`}>{formatCount(node.table.rowEstimate)}</span>
      )}
    </div>
  )
}

function NodeIcon({ node }: { node: TreeNode }) {
  const common = { size: 16, stroke: 1.6, className: classes.icon, 'aria-hidden': true } as const
  switch (node.kind) {
    case 'connection':
      return <IconDatabase {...common} />
    case 'schema':
      return <IconFolder {...common} />
    case 'note':
      if (node.note === 'needs-login') return <IconKey {...common} />
      return node.note === 'loading' ? <Loader size={12} /> : null
    case 'table': {
      const geometry = node.table.geometryType
      if (geometry?.includes('Point')) return <IconPoint {...common} />
      if (geometry?.includes('Line')) return <IconLine {...common} />
      if (geometry?.includes('Polygon')) return <IconPolygon {...common} />
      return node.table.geometryColumn ? <IconShape {...common} /> : <IconTable {...common} />
    }
  }
}

function lineText(node: TreeNode): string {
  if (node.kind !== 'note') return node.label
  if (node.note === 'loading') return node.level === 2 ? messages.loadingSchemas : messages.loadingTables
  if (node.note === 'needs-login') return credentialMessages.add
  if (node.note === 'failed') return node.label || messages.failedNode
  return node.level === 2 ? messages.noSchemas : messages.noTables
}
