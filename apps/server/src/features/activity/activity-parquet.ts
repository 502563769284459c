import type { ActivityEvent } from '@graticule/contract'
import { type ParquetColumn, writeParquetTable } from '../../http/parquet.ts'
import { CSV_HEADER, toCsvRow } from './activity-csv.ts'

const COLUMNS = CSV_HEADER.map((name): ParquetColumn => {
  if (name === 'at') return { name, kind: 'time' }
  return { name, kind: name === 'seq' ? 'integer' : 'text' }
})

/** Events as one Parquet file, with the columns of the CSV; details are JSON text. */
export function writeParquet(events: AsyncIterable<ActivityEvent>): Promise<Buffer> {
  async function* rows() {
    for await (const event of events) yield toCsvRow(event)
  }
  return writeParquetTable('activity', COLUMNS, rows())
}
