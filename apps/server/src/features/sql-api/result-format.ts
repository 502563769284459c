import { AppError, type SchemaField } from '@graticule/contract'

/** The formats that results of a query can be had in. */
export const RESULT_FORMATS = ['json', 'csv', 'geojson', 'ndjson'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

type Row = Readonly<Record<string, unknown>>

/** Writes a result piece by piece: `begin` once, `rows` for each batch, `end` once. */
export interface ResultWriter {
  readonly contentType: string
  begin(fields: readonly SchemaField[]): string
  rows(rows: readonly Row[]): string
  end(): string
}

export function createResultWriter(format: ResultFormat): ResultWriter {
  switch (format) {
    case 'json':
      return new JsonWriter()
    case 'csv':
      return new CsvWriter()
    case 'geojson':
      return new GeoJsonWriter()
    case 'ndjson':
      return new NdjsonWriter()
  }
}

class JsonWriter implements ResultWriter {
  readonly contentType = 'application/json; charset=utf-8'
  #fields: readonly SchemaField[] = []
  #isEmpty = true

  begin(fields: readonly SchemaField[]): string {
    this.#fields = fields
    return '{"rows":['
  }

  rows(rows: readonly Row[]): string {
    if (rows.length === 0) return ''
    const text = rows.map((row) => JSON.stringify(row)).join(',')
    const separator = this.#isEmpty ? '' : ','
    this.#isEmpty = false
    return separator + text
  }

  end(): string {
    const schema = this.#fields.map(({ name, type }) => ({ name, type }))
    const meta = { cacheHit: false, location: '', totalBytesProcessed: '0' }
    return `],"schema":${JSON.stringify(schema)},"meta":${JSON.stringify(meta)}}`
  }
}

class NdjsonWriter implements ResultWriter {
  readonly contentType = 'application/x-ndjson; charset=utf-8'

  begin(): string {
    return ''
  }

  rows(rows: readonly Row[]): string {
    return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  }

  end(): string {
    return ''
  }
}

class CsvWriter implements ResultWriter {
  readonly contentType = 'text/csv; charset=utf-8; header=present'
  #names: readonly string[] = []

  begin(fields: readonly SchemaField[]): string {
    this.#names = fields.map((field) => field.name)
    return writeCsvLine(this.#names)
  }

  rows(rows: readonly Row[]): string {
    return rows.map((row) => writeCsvLine(this.#names.map((name) => row[name]))).join('')
  }

  end(): string {
    return ''
  }
}

class GeoJsonWriter implements ResultWriter {
  readonly contentType = 'application/geo+json; charset=utf-8'
  #geometryName = ''
  #isEmpty = true

  begin(fields: readonly SchemaField[]): string {
    const geometry = fields.find((field) => field.type === 'geometry')
    if (!geometry) {
      throw new AppError('invalid_request', 'The result has no geometry column, so it cannot be written as GeoJSON.')
    }
    this.#geometryName = geometry.name
    return '{"type":"FeatureCollection","features":['
  }

  rows(rows: readonly Row[]): string {
    if (rows.length === 0) return ''
    const text = rows.map((row) => this.#feature(row)).join(',')
    const separator = this.#isEmpty ? '' : ','
    this.#isEmpty = false
    return separator + text
  }

  end(): string {
    return ']}'
  }

  #feature(row: Row): string {
    const { [this.#geometryName]: geometry = null, ...properties } = row
    return JSON.stringify({ type: 'Feature', geometry, properties })
  }
}

function writeCsvLine(values: readonly unknown[]): string {
  return `${values.map(writeCsvCell).join(',')}\r\n`
}

function writeCsvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
