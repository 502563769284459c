import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nameFile, toJsonLines } from '../json-lines.ts'
import type { SinkKind } from '../sink.ts'

/** Files of JSON lines in a folder, which may be a mounted one: `file:///var/log/graticule`. */
export const folderSink: SinkKind = {
  protocols: ['file:'],
  open(address) {
    const folder = fileURLToPath(address)
    return {
      async deliver(events) {
        const path = join(folder, nameFile(events))
        await mkdir(dirname(path), { recursive: true })
        // Whole or not there, also after a crash.
        const draft = `${path}.part`
        const file = await open(draft, 'w', 0o640)
        try {
          await file.writeFile(toJsonLines(events))
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(draft, path)
      },
    }
  },
}
