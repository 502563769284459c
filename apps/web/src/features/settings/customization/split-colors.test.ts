import { expect, test } from 'vitest'
import { splitColors } from './split-colors.ts'

test('colours are read as people paste them: in words, lines or a JSON list', () => {
  const colors = ['#0c6e66', '#ffcc00']
  for (const text of ['#0C6E66 #ffcc00', '0c6e66\nffcc00', '["#0c6e66", "#FFCC00"]', '#0c6e66;#ffcc00']) {
    expect(splitColors(text), text).toEqual(colors)
  }
  for (const text of ['', '#0c6e66', '#0c6e66 red', '#0c6e66 #fff', Array(21).fill('#000000').join(' ')]) {
    expect(splitColors(text), text).toBeNull()
  }
})
