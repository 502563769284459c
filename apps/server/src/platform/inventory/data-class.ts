/** What a place can hold of a customer's, from nothing to rows out of their warehouse. */
export const DATA_CLASSES = {
  plain: 'ids, times, switches and counts',
  settings: 'what people set up: names of hosts, rules, colours',
  person: 'who people are and what they did: names, e-mails, addresses, uses',
  secret: 'hashes, and secrets sealed with the key of the server',
  written: 'what people wrote: titles, descriptions, messages, documents',
  quoting: 'SQL, filters and words of a database, which may quote single values out of a warehouse',
  rows: 'rows out of a warehouse, or tiles and numbers made from them',
} as const satisfies Record<string, string>
export type DataClass = keyof typeof DATA_CLASSES

/** The columns of a table by what they can hold. */
export type ColumnClasses = Partial<Record<DataClass, readonly string[]>>

type Named<Classes> = {
  [Class in keyof Classes]: Classes[Class] extends readonly (infer Name)[] ? Name : never
}[keyof Classes]

/**
 * Puts every column of a table into a class. One that is left out, or that the table does not have, is a type error,
 * so that nobody adds a column without saying what it can hold.
 */
export const columnsOf =
  <Table>() =>
  <const Classes extends Partial<Record<DataClass, readonly (keyof Table & string)[]>>>(
    classes: Classes &
      (Exclude<keyof Table & string, Named<Classes>> extends never
        ? unknown
        : { readonly unclassified: Exclude<keyof Table & string, Named<Classes>> }),
  ): ColumnClasses =>
    classes
