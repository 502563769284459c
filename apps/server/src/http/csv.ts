import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** What a cell of a table that people open in a spreadsheet can hold. */
export type CsvCell = string | number | null

/**
 * One line of CSV (RFC 4180). A spreadsheet takes a cell that begins like a formula for one, and names are anybody's to
 * choose: such a cell gets an apostrophe in front.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`
}

/** Answers a file of CSV line by line, as the rows come. */
export function sendCsv(
  reply: FastifyReply,
  filename: string,
  header: readonly string[],
  rows: AsyncIterable<readonly CsvCell[]>,
): FastifyReply {
  async function* lines() {
    yield csvLine(header)
    for await (const row of rows) yield csvLine(row)
  }
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${filename}"`)
    .header('cache-control', 'no-store')
    .send(Readable.from(lines()))
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
