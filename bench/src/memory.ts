import { HttpClient } from './http-client.ts'
import { readResidentBytes } from './process-usage.ts'
import type { Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { COUNTIES, POINTS_IN_SPATIAL_ORDER } from './synthetic-tables.ts'

const TILES = 10_000
const MAX_MEGABYTES = 400

/** Resident memory of the server process after ten thousand tiles that it had not made before. */
export async function measureMemory(served: ServedTables): Promise<Section> {
  const before = readResidentBytes(served.server.pid)
  const http = new HttpClient(8)
  try {
    const headers = { Authorization: `Bearer ${served.token}` }
    const urls: string[] = []
    for (const table of [POINTS_IN_SPATIAL_ORDER, COUNTIES]) {
      const tileUrl = await served.tileUrl(table)
      for (let z = 4; z <= 9 && urls.length < (table === COUNTIES ? TILES : TILES / 2); z++) {
        urls.push(...tilesOfTheUnitedStates(z).map(tileUrl))
      }
      urls.length = Math.min(urls.length, table === COUNTIES ? TILES : TILES / 2)
    }
    let next = 0
    const worker = async (): Promise<void> => {
      for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
        const { status } = await http.get(url, headers)
        if (status !== 200 && status !== 204) throw new Error(`${url} answered ${status}`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    const after = readResidentBytes(served.server.pid)
    return {
      title: 'Memory',
      findings: [
        {
          what: `resident memory of the server after ${urls.length} different tiles`,
          measured: `${megabytes(after)} MB (${megabytes(before)} MB before)`,
          goal: `< ${MAX_MEGABYTES} MB`,
          reached: after < MAX_MEGABYTES * 2 ** 20,
        },
      ],
      notes: ['Embedded engines are processes of their own and not counted.'],
    }
  } finally {
    http.close()
  }
}

function tilesOfTheUnitedStates(z: number): { readonly z: number; readonly x: number; readonly y: number }[] {
  const side = 2 ** z
  const column = (longitude: number): number => Math.floor(((longitude + 180) / 360) * side)
  const row = (latitude: number): number => {
    const sine = Math.sin((latitude * Math.PI) / 180)
    return Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * side)
  }
  const tiles: { z: number; x: number; y: number }[] = []
  for (let y = row(49); y <= row(25); y++) for (let x = column(-124); x <= column(-67); x++) tiles.push({ z, x, y })
  return tiles
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
