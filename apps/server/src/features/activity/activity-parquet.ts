import type { ActivityEvent } from '@graticule/contract'
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { CSV_HEADER, toCsvRow } from './activity-csv.ts'

/** Rows that are compressed together. */
const GROUP_ROWS = 10_000

const SCHEMA: SchemaElement[] = [
  { name: 'activity', num_children: CSV_HEADER.length },
  ...CSV_HEADER.map((name): SchemaElement => {
    if (name === 'at') return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' }
    if (name === 'seq') return { name, type: 'INT64', repetition_type: 'REQUIRED' }
    return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
  }),
]

/** Events as one Parquet file, with the columns of the CSV; details are JSON text. */
export async function writeParquet(events: AsyncIterable<ActivityEvent>): Promise<Buffer> {
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({ writer: bytes, schema: SCHEMA })
  let rows: ActivityEvent[] = []
  for await (const event of events) {
    rows.push(event)
    if (rows.length < GROUP_ROWS) continue
    await writeGroup(writer, rows)
    rows = []
  }
  await writeGroup(writer, rows)
  await writer.finish()
  return Buffer.from(bytes.getBytes())
}

async function writeGroup(writer: ParquetWriter, events: readonly ActivityEvent[]): Promise<void> {
  const rows = events.map(toCsvRow)
  const columnData = CSV_HEADER.map((name, index) => {
    if (name === 'at') return { name, data: events.map(({ at }) => new Date(at)) }
    if (name === 'seq') return { name, data: events.map(({ seq }) => BigInt(seq)) }
    return { name, data: rows.map((row) => row[index] ?? null) }
  })
  await writer.write({ columnData, rowGroupSize: GROUP_ROWS })
}
