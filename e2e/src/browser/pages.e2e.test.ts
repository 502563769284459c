import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import { describePages } from './page-looks.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

describePages('light', { width: 1280, height: 720 })

describe('somebody who asks for less motion', () => {
  it('gets the other colour scheme at once, wherever a colour is inherited', async () => {
    const { page, watch, close } = await openPage(browser, baseUrl)
    try {
      await signInThroughForm(page, person('admin'))
      await page.goto('/connections')
      await page.getByRole('row').nth(1).waitFor()
      // Within one task, so that no frame can pass between the change and the look at it.
      const changed = await page.evaluate<{ before: string; after: string; running: number }>(`(() => {
        const cell = document.querySelector('tbody td')
        const deepest = [...cell.querySelectorAll('*')].findLast((each) => each.childElementCount === 0)
        const before = getComputedStyle(deepest).color
        document.documentElement.setAttribute('data-mantine-color-scheme', 'dark')
        return { before, after: getComputedStyle(deepest).color, running: document.getAnimations().length }
      })()`)
      expect(changed.after).not.toBe(changed.before)
      expect(changed.running).toBe(0)
      expect(watch.problems()).toEqual([])
    } finally {
      await close()
    }
  })
})

describe('signing in', () => {
  it('says that the password is wrong, keeps the e-mail, and then lets one in', async () => {
    const { page, watch, close } = await openPage(browser, baseUrl, { expectedRefusals: [/^401 \/auth\/sign-in$/] })
    try {
      const { email, password } = person('editor')
      await page.goto('/')
      await page.waitForURL(/\/sign-in/)
      await page.getByLabel('E-mail').fill(email)
      await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
      await page.screenshot({ path: artifactPath('sign-in-wrong-password.png') })
      expect(await page.getByLabel('E-mail').inputValue()).toBe(email)
      expect(await findAccessibilityProblems(page)).toEqual([])
      await page.getByRole('textbox', { name: 'Password' }).fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      expect(watch.problems()).toEqual([])
    } finally {
      await close()
    }
  })

  it('works with the keyboard alone, as does making a map', async () => {
    const { page, watch, close } = await openPage(browser, baseUrl)
    try {
      const { email, password } = person('editor')
      await page.goto('/sign-in')
      await page.getByLabel('E-mail').waitFor()
      // The e-mail has the focus already.
      await page.keyboard.type(email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(password)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder(/Go to a page/).waitFor()
      await page.keyboard.type('New map')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByLabel('Title').waitFor()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('Made by keys alone')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/maps\/[0-9a-f-]{36}/)
      await page.getByText('Made by keys alone').first().waitFor()
      expect(watch.problems()).toEqual([])
    } finally {
      await close()
    }
  })

  it('ends when one signs out, and a page asks to sign in again', async () => {
    // What is still under way when the session ends is rightly refused.
    const { page, watch, close } = await openPage(browser, baseUrl, {
      expectedRefusals: [/^401 \/(?:v3|workspace-api)\//],
    })
    try {
      await signInThroughForm(page, person('viewer'))
      await page.getByRole('button', { name: /^Account/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.waitForURL(/\/sign-in/)
      await page.goto('/maps')
      await page.waitForURL(/\/sign-in/)
      expect(watch.problems()).toEqual([])
    } finally {
      await close()
    }
  })
})
