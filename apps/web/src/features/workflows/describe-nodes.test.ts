import { expect, test } from 'vitest'
import { describeNodes } from './describe-nodes.ts'

test('a node is called by its title, else its type, else its component, whatever the document leaves out', () => {
  const nodes = [
    { id: 'a', type: 'generic', data: { name: 'native.buffer', label: 'Buffer', title: 'Around stores' } },
    { id: 'a', type: 'source', data: { name: 'ReadTable', label: 'Stores', title: ' ' } },
    { data: { name: 'native.join' } },
    { id: 7, data: null },
  ]
  expect(describeNodes({ schemaVersion: '1.0.0', nodes, edges: [] })).toEqual([
    { id: '0:a', name: 'Around stores', component: 'native.buffer', kind: 'generic' },
    { id: '1:a', name: 'Stores', component: 'ReadTable', kind: 'source' },
    { id: '2:', name: 'native.join', component: 'native.join', kind: '–' },
    { id: '3:', name: '–', component: '–', kind: '–' },
  ])
})
