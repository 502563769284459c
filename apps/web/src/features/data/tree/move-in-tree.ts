import type { TreeNode } from './flatten-tree.ts'

/** What a key does in the tree: moves to another line, opens or closes a branch, or activates the line. */
export type TreeMove =
  | { readonly type: 'focus'; readonly index: number }
  | { readonly type: 'expand' | 'collapse' | 'activate'; readonly node: TreeNode }

/** The keyboard of a tree as screen readers' users know it; null for keys that mean nothing here. */
export function moveInTree(nodes: readonly TreeNode[], index: number, key: string): TreeMove | null {
  const node = nodes[index]
  if (!node) return null
  switch (key) {
    case 'ArrowDown':
      return { type: 'focus', index: Math.min(index + 1, nodes.length - 1) }
    case 'ArrowUp':
      return { type: 'focus', index: Math.max(index - 1, 0) }
    case 'Home':
      return { type: 'focus', index: 0 }
    case 'End':
      return { type: 'focus', index: nodes.length - 1 }
    case 'ArrowRight':
      if (!isBranch(node)) return null
      return node.isExpanded
        ? { type: 'focus', index: Math.min(index + 1, nodes.length - 1) }
        : { type: 'expand', node }
    case 'ArrowLeft':
      if (isBranch(node) && node.isExpanded) return { type: 'collapse', node }
      return { type: 'focus', index: parentIndex(nodes, index) }
    case 'Enter':
    case ' ':
      return { type: 'activate', node }
    default:
      return null
  }
}

/** True for lines that can be opened and closed. */
export function isBranch(node: TreeNode): node is Extract<TreeNode, { isExpanded: boolean }> {
  return node.kind === 'connection' || node.kind === 'schema'
}

function parentIndex(nodes: readonly TreeNode[], index: number): number {
  const level = nodes[index]?.level ?? 1
  for (let at = index - 1; at >= 0; at -= 1) {
    if ((nodes[at]?.level ?? 1) < level) return at
  }
  return index
}
