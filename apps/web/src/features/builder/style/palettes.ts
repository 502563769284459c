import type { ColorRange, CustomPalette, PaletteKind } from '@graticule/contract'
import * as cartocolorPackage from 'cartocolor'
import { mixColors } from '../../../ui/brand-colors.ts'
import { isColorBlindSafe } from './color-vision.ts'

/** Palettes are looked up by the names that maps store. */
const cartocolor: Readonly<Record<string, (typeof cartocolorPackage)[string]>> = { ...cartocolorPackage }

/** One CARTOColors palette, or one of the organization. */
export interface Palette {
  readonly name: string
  readonly kind: PaletteKind
  readonly maxSteps: number
  /** The colours of a palette of the organization; absent for CARTOColors, which are looked up. */
  readonly colors?: readonly string[]
}

/** What maps store with a palette: whose it is. */
const CATEGORIES = { carto: 'CARTO', organization: 'Organization' } as const
/** As many classes as a ramp of the organization has at least, whatever its colours. */
const MIN_RAMP_STEPS = 7

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

/** The palettes of an organization as Builder uses them. */
export function organizationPalettes(palettes: readonly CustomPalette[]): Palette[] {
  return palettes.map(({ name, kind, colors }) => ({
    name,
    kind,
    colors,
    maxSteps: kind === 'qualitative' ? colors.length : Math.max(MIN_RAMP_STEPS, colors.length),
  }))
}

/** The palette a new classification starts with. */
export const DEFAULT_PALETTE: Readonly<Record<PaletteKind, string>> = {
  sequential: 'Teal',
  diverging: 'Geyser',
  qualitative: 'Bold',
}

/** The grey that qualitative palettes end with stands for "other", which the client paints by itself. */
function usableColors(palette: Palette, steps: number): readonly string[] {
  if (palette.colors) {
    return palette.kind === 'qualitative' ? palette.colors.slice(0, steps) : sampleRamp(palette.colors, steps)
  }
  const count = Math.max(2, Math.min(palette.maxSteps, palette.kind === 'qualitative' ? steps + 1 : steps))
  const colors = cartocolor[palette.name]?.[count] ?? []
  return palette.kind === 'qualitative' ? colors.slice(0, Math.min(steps, count - 1)) : colors.slice(0, steps)
}

/** As many colours from a ramp, at equal distances and from end to end. */
function sampleRamp(colors: readonly string[], steps: number): string[] {
  return Array.from({ length: steps }, (_, index) => {
    const at = steps === 1 ? 0 : (index * (colors.length - 1)) / (steps - 1)
    const from = colors[Math.floor(at)] ?? ''
    const to = colors[Math.ceil(at)] ?? from
    return mixColors(from, to, at - Math.floor(at))
  })
}

/** The palette that a map's colours are from: one of the organization, or of CARTOColors. */
export function paletteOf(range: Pick<ColorRange, 'name' | 'category'>, own: readonly Palette[]): Palette {
  const found = range.category === CATEGORIES.organization ? own.find(({ name }) => name === range.name) : undefined
  return found ?? paletteByName(range.name)
}

/** Whether a map's colours are from this palette. */
export function isFromPalette(range: Pick<ColorRange, 'name' | 'category'>, palette: Palette): boolean {
  const isOrganizations = range.category === CATEGORIES.organization
  return range.name === palette.name && isOrganizations === (palette.colors !== undefined)
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
  // The last colour of CARTOColors' lists stands for everything else.
  return palette.kind === 'qualitative' && !palette.colors ? palette.maxSteps - 1 : palette.maxSteps
}

/** A palette as a map document stores it. */
export function toColorRange(palette: Palette, steps: number, isReversed = false): ColorRange {
  return {
    name: palette.name,
    type: palette.kind,
    category: palette.colors ? CATEGORIES.organization : CATEGORIES.carto,
    colors: paletteColors(palette, steps, isReversed),
  }
}

/** True when the stored colours run against their palette. */
export function isReversedRange(range: ColorRange, own: readonly Palette[] = []): boolean {
  const palette = [...own, ...PALETTES].find((each) => isFromPalette(range, each))
  if (!palette || range.colors.length < 2) return false
  const forward = paletteColors(palette, range.colors.length)
  return range.colors[0]?.toUpperCase() === forward.at(-1) && range.colors[0]?.toUpperCase() !== forward[0]
}

/** True when people with a common colour blindness can tell the colours apart. */
export function isSafePalette(palette: Palette, steps: number): boolean {
  return isColorBlindSafe(paletteColors(palette, steps))
}
