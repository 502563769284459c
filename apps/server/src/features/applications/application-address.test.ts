import { AppError } from '@graticule/contract'
import { expect, test } from 'vitest'
import { readApplicationAddress } from './application-address.ts'

const refusal = (act: () => unknown): string => {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return error instanceof AppError ? error.message : String(error)
  }
}

test('an application has the address of a page, and no password in it', () => {
  expect(readApplicationAddress(' https://example.org/app?x=1#top ')).toBe('https://example.org/app?x=1#top')
  for (const text of ['javascript:alert(1)', 'data:text/html,hello', 'file:///etc/passwd', 'example.org', '//x.y']) {
    expect(refusal(() => readApplicationAddress(text))).toContain('https://')
  }
  expect(refusal(() => readApplicationAddress('https://ann:secret@example.org'))).toContain('password')
})
