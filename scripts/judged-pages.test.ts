import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// Every page of the web app is judged by a browser test in light, in dark and in a narrow window, for its looks and for
// whether everybody can use it; or it stands here with the reason why not.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const BROWSER = 'e2e/src/browser'

/** Where each page is judged: a file, and what it does to come there. */
const JUDGED: Readonly<Record<string, { readonly file: string; readonly visits: string }>> = {
  '/': { file: 'page-looks.ts', visits: "path: '/'" },
  '/maps': { file: 'page-looks.ts', visits: "path: '/maps'" },
  '/maps/$mapId': { file: 'page-looks.ts', visits: 'goto(`/maps/' },
  '/map/$mapId': { file: 'page-looks.ts', visits: "of ['map', 'embed']" },
  '/embed/$mapId': { file: 'page-looks.ts', visits: "of ['map', 'embed']" },
  '/workflows': { file: 'page-looks.ts', visits: "path: '/workflows'" },
  '/workflows/$workflowId': { file: 'entrance-looks.full.test.ts', visits: 'path: `/workflows/' },
  '/projects': { file: 'page-looks.ts', visits: "path: '/projects'" },
  '/projects/$projectId': { file: 'projects.full.test.ts', visits: '`inside-' },
  '/applications': { file: 'page-looks.ts', visits: "path: '/applications'" },
  '/applications/$applicationId': {
    file: 'entrance-looks.full.test.ts',
    visits: 'path: `/applications/',
  },
  '/data': { file: 'page-looks.ts', visits: "path: '/data'" },
  '/data/$connection/$schema/$table': { file: 'data-explorer.full.test.ts', visits: '`data-rows-' },
  '/connections': { file: 'page-looks.ts', visits: "path: '/connections'" },
  '/connections/$connection/login': {
    file: 'publishing-login.full.test.ts',
    visits: 'goto(`/connections/',
  },
  '/developers': { file: 'page-looks.ts', visits: "path: '/developers'" },
  '/settings': { file: 'page-looks.ts', visits: "path: '/settings'" },
  '/sign-in': { file: 'single-sign-on.full.test.ts', visits: '`sign-in-' },
  '/directory-sign-in': { file: 'ldap.full.test.ts', visits: '`sign-in-' },
  '/second-step': { file: 'second-factors.full.test.ts', visits: '`second-step-' },
  '/setup': { file: 'entrance-looks.full.test.ts', visits: "name: 'setup'" },
  '/create-organization': { file: 'entrance-looks.full.test.ts', visits: "path: '/create-organization'" },
  '/invitation': { file: 'entrance-looks.full.test.ts', visits: "name: 'invitation'" },
  '/let-in/$uid': { file: 'oauth.full.test.ts', visits: "judge(page, 'let-in')" },
  '/support': { file: 'settings-looks.full.test.ts', visits: "path: '/support'" },
  '/join': { file: 'join-requests.full.test.ts', visits: '`ask-' },
  '/forgot-password': { file: 'entrance-looks.full.test.ts', visits: "path: '/forgot-password'" },
  '/password': { file: 'entrance-looks.full.test.ts', visits: "name: 'password'" },
}

/** The pages that no browser test judges, each with the reason. */
const NOT_JUDGED: Readonly<Record<string, string>> = {
  '/signed-in-again': 'It stands in a window that a provider sent back, and closes that at once.',
  '/data/$connection': 'It is the page /data with a branch of its tree unfolded.',
  '/data/$connection/$schema': 'It is the page /data with a branch of its tree unfolded.',
}

/** The paths of the pages, put together from those of the routes around them. */
function listPages(): string[] {
  const routes = new Map<string, { readonly parent: string; readonly path: string }>()
  const text = read('apps/web/src/routes/route-tree.tsx')
  for (const [, name = '', body = ''] of text.matchAll(/const (\w+) = createRoute\(\{([\s\S]*?)\}\)\n/g)) {
    const parent = /getParentRoute: \(\) => (\w+)/.exec(body)?.[1] ?? ''
    routes.set(name, { parent, path: /\bpath: '([^']*)'/.exec(body)?.[1] ?? '' })
  }
  const pathOf = (name: string): string => {
    const route = routes.get(name)
    return route === undefined ? '' : [pathOf(route.parent), route.path].join('/').replaceAll(/\/+/g, '/')
  }
  const pages = [...routes].filter(([, { path }]) => path !== '').map(([name]) => pathOf(name))
  return [...new Set(pages.map((path) => (path === '/' ? path : path.replace(/\/$/, ''))))].sort()
}

/** The test of the settings goes from page to page of this list. */
const SETTINGS = [
  ...read('apps/web/src/features/settings/settings-pages.ts').matchAll(/to: '(\/settings\/[^']+)'/g),
].map(([, path = '']) => path)

test('every page is judged in three looks, or stands with its reason in one list', () => {
  const pages = listPages()
  expect(pages.length).toBeGreaterThan(40)
  expect([...Object.keys(JUDGED), ...Object.keys(NOT_JUDGED), ...SETTINGS].sort()).toEqual(pages)
})

test('the tests that are named go there and judge in every look', () => {
  const lacking = Object.values(JUDGED).filter(({ file, visits }) => {
    const text = read(`${BROWSER}/${file}`)
    const isJudging = text.includes('findAccessibilityProblems') || /judgePage|judgeAll/.test(text)
    return !text.includes(visits) || !isJudging || !(text.includes('LOOKS') || file === 'page-looks.ts')
  })
  expect(lacking).toEqual([])
  const looks = ['pages.e2e.test.ts', 'looks.full.test.ts'].map((file) => read(`${BROWSER}/${file}`)).join('\n')
  for (const look of ['light', 'dark', 'phone']) expect(looks).toContain(`describePages('${look}'`)
  expect(read(`${BROWSER}/settings-looks.full.test.ts`)).toContain('await links.allTextContents()')
})
