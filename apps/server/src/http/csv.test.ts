import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('cells are quoted where they must be, and lines end as the standard says', () => {
  expect(csvLine(['plain', 'a,b', 'say "no"', 'two\nlines', null, 7])).toBe(
    'plain,"a,b","say ""no""","two\nlines",,7\r\n',
  )
})

test('no name makes a spreadsheet calculate', () => {
  expect(csvLine(['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '=HYPERLINK("http://evil.example","a")'])).toBe(
    `'=1+1,'+1,'-1,'@x,'\t=1,"'\r=1","'=HYPERLINK(""http://evil.example"",""a"")"\r\n`,
  )
  expect(csvLine(['a=b', -3])).toBe('a=b,-3\r\n')
})
