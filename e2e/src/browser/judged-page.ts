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

/** Takes a picture of the page, and fails when it is wider than its window or not accessible. */
export async function judgePage(page: Page, picture: string, options: { fullPage?: boolean } = {}): Promise<void> {
  await page.screenshot({ path: artifactPath(`${picture}.png`), ...options })
  // The test goes on, so that one run tells about all of its pages.
  expect.soft(await sidewaysOverflow(page), `${picture}: pixels too wide`).toBe(0)
  expect.soft(await findAccessibilityProblems(page), `${picture}: accessibility`).toEqual([])
}
