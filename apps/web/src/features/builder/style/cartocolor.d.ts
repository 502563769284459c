declare module 'cartocolor' {
  /** Colours by number of classes, and the tags of the palette. */
  interface CartoColorPalette {
    readonly [count: number]: readonly string[]
    readonly tags: readonly string[]
  }
  const palettes: Readonly<Record<string, CartoColorPalette>>
  export = palettes
}
