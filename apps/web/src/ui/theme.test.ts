import { contrastOf } from '@graticule/policy'
import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core'
import { expect, test } from 'vitest'
import { resolveCssVariables, theme } from './theme.ts'

const variables = resolveCssVariables(null)(mergeMantineTheme(DEFAULT_THEME, theme))

test.each(['light', 'dark'] as const)('what is tinted reads when it is small, %s', (scheme) => {
  for (const color of ['yellow', 'orange', 'green']) {
    const [ground = '', text = ''] = ['light', 'light-color'].map(
      (part) => variables[scheme][`--mantine-color-${color}-${part}`],
    )
    expect(contrastOf(ground, text), `${color}: ${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  }
})
