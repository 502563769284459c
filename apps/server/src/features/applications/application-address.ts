import { AppError } from '@graticule/contract'

/** The address of an application as it is stored; 400 for one that is no page on the web or holds a password. */
export function readApplicationAddress(text: string): string {
  const url = URL.parse(text.trim())
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AppError(
      'invalid_request',
      'This is not the address of a page; it must begin with https:// or http://, such as https://example.org/app.',
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid_request', 'The address holds a name or a password, which all would see; leave it out.')
  }
  return url.href
}
