/** The server's content security policy admits style elements by this nonce; development has no policy and no nonce. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** Hands the nonce to the library that locks scrolling behind dialogs, which reads it under a bundler's name. */
export function provideStyleNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
}
