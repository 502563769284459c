import type { MapDetail } from '@graticule/contract'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type Picture, photograph } from '../harness/pixels.ts'
import { artifactPath } from '../harness/repository.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { openPage, settled, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, targets } = inject('servers')

const TITLE = 'Built by hand'
const COORDINATES_QUERY =
  'SELECT name, population, ST_X(ST_Centroid(geom)) AS across, ST_Y(ST_Centroid(geom)) AS up FROM demo.states'
const QUERY = 'SELECT name, population, geom, ST_PointOnSurface(geom) AS middle FROM demo.states'

describe('Builder, as an editor works with it', () => {
  let browser: Browser
  let editor: WatchedPage
  let page: Page
  let client: WorkspaceClient

  beforeAll(async () => {
    const person = users.find((user) => user.role === 'editor')
    if (!person) throw new Error('demo.json names no editor')
    client = await WorkspaceClient.signIn(baseUrl, person.email, person.password)
    browser = await launchChromium()
    // The one refusal is the statement that is not SQL.
    // The statement that is wrong on purpose is refused where it is run and where it is described.
    const expectedRefusals = [/^400 \/v3\/sql\//, /^400 \/workspace-api\/connections\/[^/]+\/describe$/]
    editor = await openPage(browser, baseUrl, { width: 1120, height: 680, expectedRefusals })
    page = editor.page
    await signInThroughForm(page, person)
  })
  afterAll(async () => {
    await browser?.close()
  })

  const map = () => page.getByRole('main').locator('canvas').first()
  const picture = async (): Promise<Picture> => {
    await settled(page)
    return photograph(map())
  }
  const look = (name: string) => page.screenshot({ path: artifactPath(`builder-${name}.png`) })
  const field = (name: string): Locator => page.locator('input').and(page.getByLabel(name, { exact: true }))
  const choose = async (name: string, option: string) => {
    await field(name).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const layers = () => page.locator('aside ol li button[aria-pressed][title]')
  const layerNames = () => layers().allTextContents()

  const legend = () => page.getByRole('region', { name: 'Legend' })
  const widgets = () => page.getByRole('complementary', { name: 'Widgets' })
  const total = () => widgets().locator('output')
  const press = async (name: 'Undo' | 'Redo', times = 1) => {
    for (let done = 0; done < times; done++) await page.getByRole('button', { name, exact: true }).click()
  }
  const saved = () =>
    page
      .getByRole('status')
      .filter({ hasText: /^Saved$/ })
      .waitFor()
  const stored = async () => {
    await saved()
    const id = /\/maps\/([0-9a-f-]{36})/.exec(page.url())?.[1]
    return (await client.call<MapDetail>('GET', `/workspace-api/maps/${id}`)).document
  }

  it('puts a table on an empty map', async () => {
    await page.goto('/maps?create=true')
    await page.getByRole('dialog').getByLabel('Title').fill(TITLE)
    await page.getByRole('dialog').getByRole('button', { name: 'Create map' }).click()
    await page.getByRole('button', { name: 'Add your first source' }).waitFor()
    const empty = await picture()
    await page.getByRole('button', { name: 'Add your first source' }).click()
    const dialog = page.getByRole('dialog')
    await choose('Connection', targets[0]?.connectionName ?? '')
    await dialog.getByLabel('Search tables').fill('quake')
    await dialog.getByRole('option', { name: /^earthquakes/ }).click()
    await dialog.getByText('What to draw').waitFor()
    expect(await dialog.getByRole('radio', { name: 'geom' }).isChecked()).toBe(true)
    await look('add-source')
    await dialog.getByRole('button', { name: 'Add to map' }).click()
    await dialog.waitFor({ state: 'hidden' })
    const points = await picture()
    await look('table')
    expect(points.differenceFrom(empty)).toBeGreaterThan(0.005)
    expect(await layerNames()).toEqual(['Earthquakes'])
    expect((await stored()).datasets[0]).toMatchObject({ type: 'table', source: 'demo.earthquakes' })
  })

  it('shows the fields of the feature under the pointer, and nothing of it once the pointer is gone', async () => {
    const shown = await picture()
    await page.getByRole('button', { name: 'Hide Earthquakes' }).click()
    const hidden = await picture()
    await press('Undo')
    const untouched = await picture()
    const spot = middleOfDifference(shown, hidden)
    const box = await map().boundingBox()
    await page.mouse.move((box?.x ?? 0) + spot.x, (box?.y ?? 0) + spot.y, { steps: 4 })
    const tooltip = page.locator('dl').filter({ hasText: 'magnitude' })
    await tooltip.waitFor()
    await look('tooltip')
    expect(await tooltip.locator('dt').first().textContent()).toBe('place')
    expect(await tooltip.locator('dd').first().textContent()).toMatch(/\w{3}/)
    await page.mouse.move(5, 5)
    await tooltip.waitFor({ state: 'hidden' })
    await expect.poll(async () => (await picture()).differenceFrom(untouched)).toBeLessThan(0.000_01)
  })

  it('tells what is wrong with SQL in the words of the warehouse, and loses nothing of it', async () => {
    await page.getByRole('button', { name: 'SQL', exact: true }).click()
    const text = page.getByRole('textbox', { name: 'SQL query' })
    await text.click()
    await page.keyboard.insertText('SELEC name FROM demo.states')
    await page.keyboard.press('Control+Enter')
    const drawer = page.getByRole('region', { name: 'SQL' })
    const alert = drawer.getByRole('alert')
    await alert.waitFor()
    await look('sql-error')
    expect(await alert.textContent()).toMatch(/Line 1, column 12.*Syntax error at or near "FROM"/)
    expect(await text.textContent()).toContain('SELEC name FROM demo.states')
    expect(await layerNames()).toEqual(['Earthquakes'])
  })

  it('puts a query on the map, drawing the geometry that was chosen', async () => {
    const before = await picture()
    const text = page.getByRole('textbox', { name: 'SQL query' })
    await text.click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(QUERY)
    const drawer = page.getByRole('region', { name: 'SQL' })
    await drawer.getByRole('button', { name: 'Run' }).click()
    await drawer.getByText(/^56 rows in/).waitFor()
    expect(await drawer.getByRole('radio', { name: 'geom' }).isChecked()).toBe(true)
    await drawer.getByRole('radio', { name: 'middle' }).check()
    await look('sql')
    await drawer.getByLabel('Name of the source').fill('States')
    await drawer.getByRole('button', { name: 'Add to map' }).click()
    await drawer.getByRole('button', { name: 'Close SQL' }).click()
    const after = await picture()
    await look('query')
    expect(after.differenceFrom(before)).toBeGreaterThan(0.000_5)
    expect(await layerNames()).toEqual(['States', 'Earthquakes'])
    const { datasets } = await stored()
    expect(datasets[1]).toMatchObject({ type: 'query', source: QUERY, geoColumn: 'geom:middle', label: 'States' })
  })

  it('draws columns that the person named, and says of others why they cannot be drawn', async () => {
    const before = await picture()
    await page.getByRole('button', { name: 'SQL', exact: true }).click()
    const text = page.getByRole('textbox', { name: 'SQL query' })
    await text.click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(COORDINATES_QUERY)
    const drawer = page.getByRole('region', { name: 'SQL' })
    await drawer.getByRole('button', { name: 'Run' }).click()
    await drawer.getByText(/^56 rows in/).waitFor()
    const apply = drawer.getByRole('button', { name: 'Apply to the map' })
    expect(await apply.isDisabled()).toBe(true)
    await drawer.getByRole('radio', { name: 'Longitude and latitude columns…' }).check()
    await choose('Longitude', 'population')
    await choose('Latitude', 'up')
    const refusal = drawer.getByRole('alert')
    await refusal.waitFor()
    expect(await refusal.textContent()).toMatch(/"population" is no longitude in degrees/)
    expect(await apply.isDisabled()).toBe(true)
    await choose('Longitude', 'across')
    await drawer.getByText('Longitude and latitude · Point').waitFor()
    await look('sql-by-hand')
    await apply.click()
    await drawer.getByRole('button', { name: 'Close SQL' }).click()
    expect((await picture()).differenceFrom(before)).toBeGreaterThan(0.000_5)
    expect((await stored()).datasets[1]).toMatchObject({ source: COORDINATES_QUERY, geoColumn: 'geom:across,up' })
    await press('Undo')
    expect((await stored()).datasets[1]).toMatchObject({ source: QUERY, geoColumn: 'geom:middle' })
  })

  it('draws the other geometry of the source, and raises it by a column', async () => {
    const dots = await picture()
    await page.getByRole('button', { name: 'Source', exact: true }).click()
    await field('Geometry').click()
    await page.getByRole('option', { name: /^geom/ }).click()
    const areas = await picture()
    expect(areas.differenceFrom(dots)).toBeGreaterThan(0.005)
    await page.getByRole('button', { name: 'Source', exact: true }).click()
    await page.getByRole('button', { name: 'Tilt the view to see heights' }).click()
    const flat = await picture()
    await page.getByRole('switch', { name: 'Height' }).press('Space')
    await choose('Height: Based on', 'population')
    const raised = await picture()
    await look('height')
    expect(raised.differenceFrom(flat)).toBeGreaterThan(0.002)
    const [layer] = (await stored()).keplerMapConfig.config.visState.layers
    expect(layer?.visualChannels.heightField?.name).toBe('population')
    expect(layer?.config.visConfig.enable3d).toBe(true)
    await page.getByRole('button', { name: 'Tilt the view to see heights' }).click()
    await page.getByRole('switch', { name: 'Height' }).press('Space')
  })

  it('changes the order of layers with the keyboard and by dragging', async () => {
    await layers().first().focus()
    await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(layerNames).toEqual(['Earthquakes', 'States'])
    await press('Undo')
    await expect.poll(layerNames).toEqual(['States', 'Earthquakes'])
    const covered = await picture()
    const rows = page.locator('aside ol li')
    await rows.nth(1).locator('[draggable]').dragTo(rows.nth(0))
    await expect.poll(layerNames).toEqual(['Earthquakes', 'States'])
    expect((await picture()).differenceFrom(covered)).toBeGreaterThan(0.000_5)
    await look('order')
  })

  it('styles points: opacity, outline and radius, each undone as one step', async () => {
    await layers().first().click()
    const panel = page.getByRole('region', { name: 'Earthquakes' })
    const before = await picture()
    const steps: { name: string; act: () => Promise<void>; least: number }[] = [
      {
        name: 'opacity',
        act: () => panel.getByRole('slider', { name: 'Opacity' }).first().press('Home'),
        least: 0.002,
      },
      { name: 'outline', act: () => panel.getByRole('switch', { name: 'Outline' }).press('Space'), least: 0.000_5 },
      { name: 'radius', act: () => panel.getByRole('slider', { name: 'Radius' }).press('End'), least: 0.01 },
    ]
    for (const { name, act, least } of steps) {
      await act()
      const after = await picture()
      await look(`${name}`)
      expect(after.differenceFrom(before), name).toBeGreaterThan(least)
      await press('Undo')
    }
    expect((await picture()).differenceFrom(before)).toBeLessThan(0.000_5)
    await panel.getByRole('slider', { name: 'Radius' }).press('ArrowRight')
    expect((await stored()).keplerMapConfig.config.visState.layers[0]?.config.visConfig.radius).toBe(4.5)
  })

  it('colours by a column in classes, which the legend spells out', async () => {
    const before = await picture()
    await choose('Fill: Based on', 'magnitude')
    await expect.poll(() => legend().getByRole('listitem').count()).toBe(5)
    const quantiles = await picture()
    await look('quantiles')
    expect(quantiles.differenceFrom(before)).toBeGreaterThan(0.002)
    const labels = await legend().getByRole('listitem').allTextContents()
    await choose('Classes by', 'Equal steps')
    await expect.poll(() => legend().getByRole('listitem').allTextContents()).not.toEqual(labels)
    await field('Classes').fill('3')
    await expect.poll(() => legend().getByRole('listitem').count()).toBe(3)
    await press('Undo', 2)
    await expect.poll(() => legend().getByRole('listitem').allTextContents()).toEqual(labels)
    await press('Redo', 2)
    await expect.poll(() => legend().getByRole('listitem').count()).toBe(3)
  })

  it('switches the basemap', async () => {
    const light = await picture()
    await page.getByRole('button', { name: 'Basemap' }).click()
    await page.getByRole('menuitemradio', { name: /dark/i }).click()
    const dark = await picture()
    await look('dark')
    const isDark = (color: readonly number[]) => color.every((value) => value < 90)
    expect(light.shareOf(isDark)).toBeLessThan(0.2)
    expect(dark.shareOf(isDark)).toBeGreaterThan(0.4)
  })

  it('adds a formula, a category and a histogram', async () => {
    for (const kind of ['Formula', 'Category', 'Histogram']) {
      await widgets().getByRole('button', { name: 'Add widget' }).click()
      await page.getByRole('menuitem', { name: new RegExp(`^${kind}`) }).click()
      await choose('Counts', 'The whole source')
      await widgets().getByRole('button', { name: 'Done' }).click()
    }
    await expect.poll(() => total().textContent()).toBe('1,707')
    await widgets().locator('li button[aria-pressed]').first().waitFor()
    await widgets()
      .getByRole('slider', { name: /distribution$/ })
      .waitFor()
    await look('widgets')
    expect(await widgets().getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'Earthquakes',
      'Magnitude type',
      'Magnitude',
    ])
    expect((await stored()).keplerMapConfig.config.graticule.widgets.map(({ type }) => type)).toEqual([
      'formula',
      'category',
      'histogram',
    ])
  })

  it('filters the map and the other widgets by the bars that are dragged over', async () => {
    const before = await picture()
    const bars = widgets().getByRole('slider', { name: /distribution$/ })
    const box = await bars.boundingBox()
    if (!box) throw new Error('The histogram is not in view')
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 3 })
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2, { steps: 3 })
    await page.mouse.up()
    const chips = page.getByRole('region', { name: 'Active filters' })
    await chips.waitFor()
    await expect.poll(async () => Number((await total().textContent())?.replace(',', ''))).toBeLessThan(1000)
    const from = Number(
      /≥ ([\d.]+)|([\d.]+) –/
        .exec((await chips.textContent()) ?? '')
        ?.slice(1)
        .find(Boolean),
    )
    const count = Number((await total().textContent())?.replace(',', ''))
    expect(from).toBeGreaterThan(1)
    expect(count).toBeGreaterThan(0)
    const filtered = await picture()
    await look('filtered')
    expect(filtered.differenceFrom(before)).toBeGreaterThan(0.001)
    await bars.focus()
    await page.keyboard.press('Escape')
    await expect.poll(() => total().textContent()).toBe('1,707')
    expect((await picture()).differenceFrom(before)).toBeLessThan(0.002)
  })

  it('undoes and redoes widgets', async () => {
    // Each was added, and set to count the whole source.
    await press('Undo', 2)
    await expect.poll(() => widgets().getByRole('heading', { level: 3 }).count()).toBe(2)
    await press('Redo', 2)
    await expect.poll(() => widgets().getByRole('heading', { level: 3 }).count()).toBe(3)
  })

  it('keeps everything after the page is loaded again', async () => {
    const before = await stored()
    const labels = await legend().getByRole('listitem').allTextContents()
    await page.reload()
    await map().waitFor()
    await settled(page)
    await look('reloaded')
    expect(await layerNames()).toEqual(['Earthquakes', 'States'])
    expect(await legend().getByRole('listitem').allTextContents()).toEqual(labels)
    await expect.poll(() => total().textContent()).toBe('1,707')
    const isDark = (color: readonly number[]) => color.every((value) => value < 90)
    expect((await photograph(map())).shareOf(isDark)).toBeGreaterThan(0.4)
    expect(await stored()).toEqual(before)
  })

  it('offers the palettes of the organization first, and draws with their colours', async () => {
    const person = users.find((user) => user.role === 'admin')
    if (!person) throw new Error('demo.json names no admin')
    const admin = await openPage(browser, baseUrl)
    await signInThroughForm(admin.page, person)
    await admin.page.goto('/settings/customization')
    const apply = async (consequence: string) => {
      const plan = admin.page.getByRole('dialog', { name: 'What this changes' })
      await plan.getByText(consequence).waitFor()
      await plan.getByRole('button', { name: 'Apply' }).click()
      await plan.waitFor({ state: 'hidden' })
    }
    await admin.page.getByRole('button', { name: 'New palette' }).click()
    const dialog = admin.page.getByRole('dialog', { name: 'New palette' })
    await dialog.getByLabel('Name').fill('Corporate')
    await dialog.getByRole('textbox', { name: 'Colours' }).fill('#ffcc00 #7a1f5c #102a43')
    await dialog.getByRole('button', { name: 'See what changes' }).click()
    await apply('Builder offers this palette.')

    await page.reload()
    await layers().first().click()
    const before = await picture()
    await page
      .getByRole('button', { name: /^Palette: / })
      .first()
      .click()
    const options = page.getByRole('dialog').getByRole('button')
    expect(await options.first().textContent()).toContain('Corporate')
    await look('palettes')
    await options.first().click()
    expect((await picture()).differenceFrom(before)).toBeGreaterThan(0.002)
    await look('organization-palette')
    const layer = (await stored()).keplerMapConfig.config.visState.layers[0]
    expect(layer?.config.visConfig.colorRange).toMatchObject({
      name: 'Corporate',
      colors: ['#FFCC00', '#7A1F5C', '#102A43'],
    })
    await admin.close()
  })

  it('left the console clean', () => {
    expect(editor.watch.problems()).toEqual([])
  })
})

/** A pixel well inside what one picture shows and the other does not; both show the same part of a page. */
function middleOfDifference(shown: Picture, hidden: Picture): { x: number; y: number } {
  const differs = (x: number, y: number): boolean => {
    const offset = (y * shown.width + x) * 4
    return [0, 1, 2].some(
      (channel) => Math.abs((shown.pixels[offset + channel] ?? 0) - (hidden.pixels[offset + channel] ?? 0)) > 24,
    )
  }
  const around = [-2, -1, 0, 1, 2]
  // The edges are under panels and buttons.
  for (let y = 100; y < shown.height - 120; y++) {
    for (let x = 200; x < shown.width - 100; x++) {
      if (around.every((dy) => around.every((dx) => differs(x + dx, y + dy)))) return { x, y }
    }
  }
  throw new Error('The two pictures nowhere differ enough')
}
