const MAX_LENGTH = 2000

/** The path as it may be redirected to after a sign-in; "/" for everything that could lead out of this app. */
export function toOwnPath(target: string | undefined): string {
  if (target === undefined || target.length > MAX_LENGTH) return '/'
  // Browsers read `//host` and `/\host` as other sites, and drop tabs and line ends before they do.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target)) return '/'
  return /^\/(?:auth|sign-in)(?:[/?#]|$)/.test(target) ? '/' : target
}
