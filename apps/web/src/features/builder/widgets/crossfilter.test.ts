import type { MapWidget } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import {
  filterChips,
  NO_SELECTIONS,
  pruneSelections,
  type Selection,
  select,
  selectionOf,
  tileFilters,
  toggleValue,
} from './crossfilter.ts'
import { othersFilters } from './use-widget-data.ts'

function category(id: string, dataSource = 'quakes'): MapWidget {
  return {
    id,
    type: 'category',
    title: id,
    dataSource,
    global: false,
    column: 'kind',
    operation: 'count',
    operationColumn: 'kind',
  }
}
const kinds = category('kinds')
const depths: MapWidget = {
  id: 'depths',
  type: 'histogram',
  title: 'Depth',
  dataSource: 'quakes',
  global: false,
  column: 'depth',
  buckets: 10,
}
const twoKinds: Selection = { kind: 'in', values: ['earthquake', 'explosion'] }
const shallow: Selection = { kind: 'closed_open', values: [[null, 20]] }

describe('selecting', () => {
  const both = select(select(NO_SELECTIONS, kinds, 'kind', twoKinds), depths, 'depth', shallow)

  test('filters the tiles of the source by every widget, without saying whose filter it is', () => {
    expect(tileFilters(both)).toEqual({
      quakes: {
        kind: { in: { values: ['earthquake', 'explosion'] } },
        depth: { closed_open: { values: [[null, 20]] } },
      },
    })
  })

  test('a widget is filtered by the others and never by itself', () => {
    expect(Object.keys(othersFilters(both, kinds))).toEqual(['depth'])
    expect(Object.keys(othersFilters(both, depths))).toEqual(['kind'])
    expect(Object.keys(othersFilters(both, { id: 'third', dataSource: 'quakes' }))).toEqual(['kind', 'depth'])
  })

  test('leaves other sources alone', () => {
    expect(othersFilters(both, { id: 'third', dataSource: 'cities' })).toEqual({})
  })

  test('again replaces what the widget selected, even on another column', () => {
    const moved = select(both, kinds, 'network', { kind: 'in', values: ['us'] })
    expect(Object.keys(moved.quakes ?? {}).sort()).toEqual(['depth', 'network'])
  })

  test('nothing lets everything through again', () => {
    const cleared = select(select(both, kinds, 'kind', null), depths, 'depth', { kind: 'in', values: [] })
    expect(cleared).toEqual({})
    expect(selectionOf(cleared, kinds)).toBeNull()
  })

  test('is shown as chips in the order of the widgets', () => {
    expect(filterChips(both, [depths, kinds]).map((chip) => [chip.widgetId, chip.selection])).toEqual([
      ['depths', shallow],
      ['kinds', twoKinds],
    ])
  })

  test('does not change the selections it was given', () => {
    const copy = structuredClone(both)
    select(both, kinds, 'kind', null)
    expect(both).toEqual(copy)
  })
})

describe('what is gone filters nothing', () => {
  const both = select(select(NO_SELECTIONS, kinds, 'kind', twoKinds), category('other', 'cities'), 'kind', twoKinds)

  test('a removed widget', () => {
    expect(Object.keys(pruneSelections(both, [kinds], [{ id: 'quakes' }, { id: 'cities' }]))).toEqual(['quakes'])
  })

  test('a removed source', () => {
    expect(Object.keys(pruneSelections(both, [kinds, category('other')], [{ id: 'cities' }]))).toEqual(['cities'])
  })
})

test('a category is chosen and let go again', () => {
  const one = toggleValue(null, 'a')
  expect(one).toEqual({ kind: 'in', values: ['a'] })
  const two = toggleValue(one, 'b')
  expect(two).toEqual({ kind: 'in', values: ['a', 'b'] })
  expect(toggleValue(toggleValue(two, 'a'), 'b')).toBeNull()
})
