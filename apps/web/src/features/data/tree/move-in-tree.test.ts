import { expect, test } from 'vitest'
import type { TreeNode } from './flatten-tree.ts'
import { moveInTree } from './move-in-tree.ts'

const nodes: readonly TreeNode[] = [
  { kind: 'connection', key: 'a', level: 1, label: 'a', isExpanded: true, connection: 'a' },
  { kind: 'schema', key: 'b', level: 2, label: 'b', isExpanded: false, connection: 'a', schema: 'b', tableCount: 1 },
  { kind: 'note', key: 'c', level: 2, label: '', note: 'empty', parent: 'a', connection: 'a' },
]

test('right opens a closed branch and enters an open one', () => {
  expect(moveInTree(nodes, 1, 'ArrowRight')).toEqual({ type: 'expand', node: nodes[1] })
  expect(moveInTree(nodes, 0, 'ArrowRight')).toEqual({ type: 'focus', index: 1 })
})

test('left closes an open branch and leaves anything else for its parent', () => {
  expect(moveInTree(nodes, 0, 'ArrowLeft')).toEqual({ type: 'collapse', node: nodes[0] })
  expect(moveInTree(nodes, 2, 'ArrowLeft')).toEqual({ type: 'focus', index: 0 })
})

test('the arrows stop at both ends and other keys mean nothing', () => {
  expect(moveInTree(nodes, 0, 'ArrowUp')).toEqual({ type: 'focus', index: 0 })
  expect(moveInTree(nodes, 2, 'ArrowDown')).toEqual({ type: 'focus', index: 2 })
  expect(moveInTree(nodes, 0, 'x')).toBeNull()
})
