import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PNG } from 'pngjs'
import { openPage, settled, signInThroughForm } from './browser/signed-in-page.ts'
import { launchChromium } from './harness/chromium.ts'
import { readDemoFile, startServer } from './harness/server-process.ts'

// Makes the picture of the README: the running demo, Builder open on its public map.

const TARGET = fileURLToPath(new URL('../../docs/screenshot.png', import.meta.url))
const MAX_BYTES = 400 * 1_024

const home = await mkdtemp(join(tmpdir(), 'graticule-screenshot-'))
const server = await startServer({ home, via: 'launcher', readyWithinMs: 300_000 })
const browser = await launchChromium()
try {
  const demo = readDemoFile(home)
  const owner = demo.users.find((user) => user.role === 'admin')
  if (!owner) throw new Error('demo.json names no admin')
  const { page } = await openPage(browser, server.baseUrl, { width: 1280, height: 720 })
  await signInThroughForm(page, owner)
  await page.goto(`/maps/${demo.publicMapId}`)
  await page.getByRole('main').locator('canvas').first().waitFor()
  await settled(page)
  const png = shrink(await page.screenshot())
  await writeFile(TARGET, png)
  console.log(`${TARGET}: ${(png.length / 1_024).toFixed(0)} kB`)
} finally {
  await browser.close()
  await server.stop()
  await rm(home, { recursive: true, force: true })
}

/** The same picture with as many levels of colour as fit the limit, beginning with all of them. */
function shrink(original: Buffer): Buffer {
  const picture = PNG.sync.read(original)
  const source = Buffer.from(picture.data)
  for (const step of [1, 4, 8, 16]) {
    for (const [index, value] of source.entries()) {
      picture.data[index] = index % 4 === 3 ? 255 : Math.min(255, Math.round(value / step) * step)
    }
    const smaller = PNG.sync.write(picture, { colorType: 2, deflateLevel: 9 })
    if (smaller.length <= MAX_BYTES) return smaller
  }
  throw new Error(`The screenshot does not fit into ${MAX_BYTES} bytes; choose a calmer view.`)
}
