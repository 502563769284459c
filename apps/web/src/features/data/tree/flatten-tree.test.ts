import type { CatalogTable } from '@graticule/contract'
import { expect, test } from 'vitest'
import { type CatalogState, connectionKey, flattenTree, schemaKey } from './flatten-tree.ts'

function table(name: string): CatalogTable {
  return {
    schema: 'demo',
    name,
    kind: 'table',
    rowEstimate: null,
    sizeBytes: null,
    geometryType: null,
    geometryColumn: null,
    comment: null,
  }
}

const catalog: CatalogState = {
  connections: ['carto_dw', 'other'],
  schemas: new Map([
    [
      connectionKey('carto_dw'),
      {
        state: 'ready',
        items: [
          { name: 'demo', tableCount: 2 },
          { name: 'empty', tableCount: 0 },
        ],
      },
    ],
  ]),
  tables: new Map([
    [schemaKey('carto_dw', 'demo'), { state: 'ready', items: [table('Cities'), table('flights')] }],
    [schemaKey('carto_dw', 'empty'), { state: 'ready', items: [] }],
  ]),
  expanded: new Set(),
  filter: '',
}

const labels = (state: CatalogState) => flattenTree(state).map(({ kind, label }) => label || kind)

test('closed branches show their roots alone', () => {
  expect(labels(catalog)).toEqual(['carto_dw', 'other'])
})

test('open branches show what is below them, and say when there is nothing', () => {
  const expanded = new Set([connectionKey('carto_dw'), schemaKey('carto_dw', 'demo'), schemaKey('carto_dw', 'empty')])
  expect(labels({ ...catalog, expanded })).toEqual(['carto_dw', 'demo', 'Cities', 'flights', 'empty', 'note', 'other'])
})

test('a search opens the branches that hold a match, whatever its case, and hides the others', () => {
  expect(labels({ ...catalog, filter: 'cit' })).toEqual(['carto_dw', 'demo', 'Cities', 'other'])
})

test('a branch that is being read, that waits for a login or that failed says so in its place', () => {
  const expanded = new Set([connectionKey('other')])
  const loading = new Map([[connectionKey('other'), { state: 'loading' } as const]])
  expect(flattenTree({ ...catalog, expanded, schemas: loading }).at(-1)).toMatchObject({ note: 'loading', level: 2 })
  const asked = new Map([[connectionKey('other'), { state: 'needs-login' } as const]])
  expect(flattenTree({ ...catalog, expanded, schemas: asked }).at(-1)).toMatchObject({
    note: 'needs-login',
    connection: 'other',
  })
  const failed = new Map([[connectionKey('other'), { state: 'failed', message: 'No route to host.' } as const]])
  expect(flattenTree({ ...catalog, expanded, schemas: failed }).at(-1)).toMatchObject({
    note: 'failed',
    label: 'No route to host.',
  })
})
