import type { ColorRange } from '@graticule/contract'
import * as cartocolorPackage from 'cartocolor'
import { isColorBlindSafe } from './color-vision.ts'

/** Palettes are looked up by the names that maps store. */
const cartocolor: Readonly<Record<string, (typeof cartocolorPackage)[string]>> = { ...cartocolorPackage }

export const PALETTE_KINDS = ['sequential', 'diverging', 'qualitative'] as const
export type PaletteKind = (typeof PALETTE_KINDS)[number]

/** One CARTOColors palette. */
export interface Palette {
  readonly name: string
  readonly kind: PaletteKind
  readonly maxSteps: number
}

const KIND_OF_TAG: Readonly<Record<string, PaletteKind>> = {
  quantitative: 'sequential',
  aggregation: 'sequential',
  diverging: 'diverging',
  qualitative: 'qualitative',
}

function stepCounts(name: string): number[] {
  return Object.keys(cartocolor[name] ?? {})
    .map(Number)
    .filter((count) => Number.isInteger(count))
}

/** Every CARTOColors palette; the ColorBrewer copies that the package also carries are left out. */
export const PALETTES: readonly Palette[] = Object.entries(cartocolor).flatMap(([name, palette]) => {
  if (name.startsWith('cb_') || !('tags' in palette)) return []
  const kind = palette.tags.map((tag) => KIND_OF_TAG[tag]).find((each) => each !== undefined)
  return kind ? [{ name, kind, maxSteps: Math.max(...stepCounts(name)) }] : []
})

/** The palette a new classification starts with. */
export const DEFAULT_PALETTE: Readonly<Record<PaletteKind, string>> = {
  sequential: 'Teal',
  diverging: 'Geyser',
  qualitative: 'Bold',
}

/** The grey that qualitative palettes end with stands for "other", which the client paints by itself. */
function usableColors(palette: Palette, steps: number): readonly string[] {
  const count = Math.max(2, Math.min(palette.maxSteps, palette.kind === 'qualitative' ? steps + 1 : steps))
  const colors = cartocolor[palette.name]?.[count] ?? []
  return palette.kind === 'qualitative' ? colors.slice(0, Math.min(steps, count - 1)) : colors.slice(0, steps)
}

/** The palette of this name; the first sequential one for a name that is not known. */
export function paletteByName(name: string | undefined): Palette {
  const known = PALETTES.find((palette) => palette.name === name)
  const fallback = PALETTES.find((palette) => palette.name === DEFAULT_PALETTE.sequential)
  const first = known ?? fallback ?? PALETTES[0]
  if (!first) throw new Error('The palette package is empty.')
  return first
}

/** The colours of a palette in `#rrggbb`, for a number of classes; fewer when the palette has fewer. */
export function paletteColors(palette: Palette, steps: number, isReversed = false): string[] {
  const colors = usableColors(palette, steps).map((color) => color.toUpperCase())
  return isReversed ? colors.reverse() : colors
}

/** The classes that a palette can have. */
export function maxClasses(palette: Palette): number {
  return palette.kind === 'qualitative' ? palette.maxSteps - 1 : palette.maxSteps
}

/** A palette as a map document stores it. */
export function toColorRange(palette: Palette, steps: number, isReversed = false): ColorRange {
  return {
    name: palette.name,
    type: palette.kind,
    category: 'CARTO',
    colors: paletteColors(palette, steps, isReversed),
  }
}

/** True when the stored colours run against their palette. */
export function isReversedRange(range: ColorRange): boolean {
  const palette = PALETTES.find((each) => each.name === range.name)
  if (!palette || range.colors.length < 2) return false
  const forward = paletteColors(palette, range.colors.length)
  return range.colors[0]?.toUpperCase() === forward.at(-1) && range.colors[0]?.toUpperCase() !== forward[0]
}

/** True when people with a common colour blindness can tell the colours apart. */
export function isSafePalette(palette: Palette, steps: number): boolean {
  return isColorBlindSafe(paletteColors(palette, steps))
}
