import { DATA_CLASSES, type DataClass } from './data-class.ts'
import { METADATA_INVENTORY } from './metadata-inventory.ts'
import { PLACES } from './place-inventory.ts'

const CLASSES = Object.keys(DATA_CLASSES) as DataClass[]

/** The whole inventory as text: the classes, the places, and the columns of each table by class. */
export function describeInventory(): string {
  const classes = CLASSES.map((id) => `  ${id.padEnd(9)} ${DATA_CLASSES[id]}`)
  const places = PLACES.map(
    ({ id, holds, sentence, where }) => `  ${id} (${where}): ${holds.join(', ')}\n    ${sentence}`,
  )
  const tables = Object.entries(METADATA_INVENTORY).map(([table, columns]) => {
    const lines = CLASSES.flatMap((id) => {
      const named = columns[id]
      return named === undefined || named.length === 0 ? [] : [`    ${id.padEnd(9)} ${named.join(', ')}`]
    })
    return [`  ${table}`, ...lines].join('\n')
  })
  const sections = [
    ['What a place can hold', classes],
    ['Places', places],
    ['Tables of the metadata store', tables],
  ] as const
  return sections.map(([title, lines]) => `${title}\n\n${lines.join('\n')}`).join('\n\n')
}

/** The same for programs. */
export function readInventory() {
  return {
    classes: DATA_CLASSES,
    places: PLACES.map(({ id, holds, sentence, where }) => ({ id, where, holds, sentence })),
    tables: METADATA_INVENTORY,
  }
}
