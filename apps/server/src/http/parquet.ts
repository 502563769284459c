import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

/** Rows that are compressed together. */
const GROUP_ROWS = 10_000

/** A column of a Parquet file. Only texts may be missing. */
export interface ParquetColumn {
  readonly name: string
  readonly kind: 'text' | 'integer' | 'number' | 'time'
}

/** What a cell can hold; times as text that `Date` reads. */
export type ParquetCell = string | number | null

/** Rows as one Parquet file. It is made in memory: whoever calls this bounds how many there are. */
export async function writeParquetTable(
  name: string,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<readonly ParquetCell[]>,
): Promise<Buffer> {
  const bytes = new ByteWriter()
  const schema = [{ name, num_children: columns.length }, ...columns.map(toElement)]
  const writer = new ParquetWriter({ writer: bytes, schema })
  const write = async (group: readonly (readonly ParquetCell[])[]) => {
    const columnData = columns.map((column, index) => ({
      name: column.name,
      data: group.map((row) => toValue(column, row[index] ?? null)),
    }))
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS })
  }
  let group: (readonly ParquetCell[])[] = []
  for await (const row of rows) {
    group.push(row)
    if (group.length < GROUP_ROWS) continue
    await write(group)
    group = []
  }
  await write(group)
  await writer.finish()
  return Buffer.from(bytes.getBytes())
}

function toElement({ kind, name }: ParquetColumn): SchemaElement {
  switch (kind) {
    case 'time':
      return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' }
    case 'integer':
      return { name, type: 'INT64', repetition_type: 'REQUIRED' }
    case 'number':
      return { name, type: 'DOUBLE', repetition_type: 'REQUIRED' }
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
  }
}

function toValue({ kind }: ParquetColumn, cell: ParquetCell) {
  switch (kind) {
    case 'time':
      return new Date(String(cell))
    case 'integer':
      return BigInt(Number(cell))
    case 'number':
      return Number(cell)
    case 'text':
      return cell
  }
}
