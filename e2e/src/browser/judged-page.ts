import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { artifactPath } from '../harness/repository.ts'
import { sidewaysOverflow } from './signed-in-page.ts'

/** The looks in which a page is judged and photographed, as settings of the browser. */
export const LOOKS = [
  { look: 'light', width: 1280, height: 720, colorScheme: 'light' },
  { look: 'dark', width: 1280, height: 720, colorScheme: 'dark' },
  { look: 'narrow', width: 390, height: 844, colorScheme: 'light' },
] as const

/** How long a page may go on moving before that is a fault of its own, in milliseconds. */
const SETTLES_WITHIN_MS = 10_000

/**
 * Resolves with null once the page shows the colour scheme that is asked for and nothing has moved for two frames, or
 * with what was still going on in the end. Text for the page, which has types of its own.
 */
const UNSETTLED = `new Promise((resolve) => {
  const deadline = performance.now() + ${SETTLES_WITHIN_MS}
  let quietFrames = 0
  const look = () => {
    const shown = document.documentElement.dataset.mantineColorScheme
    const chosen = localStorage.getItem('graticule-color-scheme') ?? 'auto'
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    const wanted = chosen === 'auto' ? system : chosen
    const moving = document.getAnimations().filter((each) => each.pending || each.playState === 'running')
    const problem =
      shown !== undefined && shown !== wanted
        ? 'shows ' + shown + ' where ' + wanted + ' is asked for'
        : moving.length > 0
          ? moving.length + ' animations run, ' + (moving[0].transitionProperty ?? moving[0].animationName) + ' among them'
          : null
    quietFrames = problem === null ? quietFrames + 1 : 0
    if (quietFrames > 2) resolve(null)
    else if (performance.now() > deadline) resolve(problem ?? 'moves every few frames')
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})`

/**
 * Takes a picture of the page as it is once it has come to rest, and fails when it does not, is wider than its window or
 * not accessible.
 */
export async function judgePage(page: Page, picture: string, options: { fullPage?: boolean } = {}): Promise<void> {
  expect.soft(await page.evaluate<string | null>(UNSETTLED), `${picture}: at rest`).toBeNull()
  await page.screenshot({ path: artifactPath(`${picture}.png`), ...options })
  // The test goes on, so that one run tells about all of its pages.
  expect.soft(await sidewaysOverflow(page), `${picture}: pixels too wide`).toBe(0)
  expect.soft(await findAccessibilityProblems(page), `${picture}: accessibility`).toEqual([])
}
