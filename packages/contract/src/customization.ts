import { type Static, Type } from 'typebox'

// What an organization makes its own: how the workspace looks, the colours and the basemaps that Builder offers.

/** The most that a logo may have, in bytes. */
export const MAX_LOGO_BYTES = 1024 * 1024
/** The shortest side of a logo, in pixels. */
export const MIN_LOGO_PIXELS = 256
export const MAX_PALETTES = 50
export const MAX_BASEMAPS = 30
export const MAX_MARKERS = 100
/** The most that a marker may have, in bytes. */
export const MAX_MARKER_BYTES = 64 * 1024
/** The sides of a marker, in pixels. */
export const MARKER_PIXELS = { min: 16, max: 512 } as const

export const HexColor = Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: 'A colour as #rrggbb.' })
const OptionalColor = Type.Union([HexColor, Type.Null()])
const Name = Type.String({ minLength: 1, maxLength: 60, pattern: '^\\S(.*\\S)?$' })
const strict = { additionalProperties: false } as const

export const BRAND_COLORS = ['primaryColor', 'secondaryColor', 'appBarColor'] as const
export type BrandColor = (typeof BRAND_COLORS)[number]

/** How the workspace looks to everybody of the organization, and its maps to the public. Null: as it comes. */
export const Branding = Type.Object(
  {
    /** The SHA-256 of a picture that the organization has uploaded, in hexadecimal. */
    logo: Type.Union([
      Type.String({
        maxLength: Math.ceil((MAX_LOGO_BYTES * 4) / 3) + 100,
        description:
          'The SHA-256 of a picture that was uploaded before, or a square PNG, JPEG or WebP of at most 1 MB as a data URL.',
      }),
      Type.Null(),
    ]),
    primaryColor: OptionalColor,
    secondaryColor: OptionalColor,
    appBarColor: OptionalColor,
  },
  strict,
)
export type Branding = Static<typeof Branding>

/** Branding as a page needs it. */
export const ShownBranding = Type.Object({
  logoUrl: Type.Union([Type.String(), Type.Null()]),
  primaryColor: OptionalColor,
  secondaryColor: OptionalColor,
  appBarColor: OptionalColor,
})
export type ShownBranding = Static<typeof ShownBranding>

export const PALETTE_KINDS = ['sequential', 'diverging', 'qualitative'] as const
export type PaletteKind = (typeof PALETTE_KINDS)[number]

/** A palette of the organization: a ramp whose steps are drawn between its colours, or a list for categories. */
export const CustomPalette = Type.Object(
  {
    name: Name,
    kind: Type.Enum([...PALETTE_KINDS]),
    colors: Type.Array(HexColor, { minItems: 2, maxItems: 20 }),
  },
  strict,
)
export type CustomPalette = Static<typeof CustomPalette>

export const BASEMAP_TYPES = ['style', 'xyz', 'tms'] as const
/** A basemap of the organization, which browsers load from where it is; the server fetches nothing. */
export const CustomBasemap = Type.Object(
  {
    /** Maps name it as `custom:<id>`. */
    id: Type.String({ minLength: 2, maxLength: 40, pattern: '^[a-z0-9][a-z0-9-]*[a-z0-9]$' }),
    name: Name,
    scheme: Type.Enum(['light', 'dark'], { description: 'Whether what is drawn on it must be dark or light.' }),
    type: Type.Enum([...BASEMAP_TYPES], {
      description: 'A MapLibre style, or raster tiles counted from above or below.',
    }),
    url: Type.String({ minLength: 1, maxLength: 2_000 }),
    attribution: Type.String({
      maxLength: 500,
      description: 'Whom raster tiles credit, as plain text. A style says it itself.',
    }),
    otherOrigins: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      maxItems: 10,
      description: 'Where else the style loads from, such as https://tiles.example.org.',
    }),
  },
  strict,
)
export type CustomBasemap = Static<typeof CustomBasemap>

/** A marker of the organization, which layers of points are drawn with. */
export const CustomMarker = Type.Object(
  {
    name: Name,
    /** The SHA-256 of a picture that the organization has uploaded, in hexadecimal. */
    image: Type.String({
      minLength: 1,
      maxLength: Math.ceil((MAX_MARKER_BYTES * 4) / 3) + 100,
      description:
        'The SHA-256 of a picture that was uploaded before, or a square PNG of 16 to 512 pixels and at most 64 KB as a data URL.',
    }),
  },
  strict,
)
export type CustomMarker = Static<typeof CustomMarker>

/** A marker as Builder needs it: the address is what a layer says in `customMarkersUrl`. */
export const ShownMarker = Type.Object({ name: Type.String(), url: Type.String() })
export type ShownMarker = Static<typeof ShownMarker>

/** GET /workspace-api/customization: what every page of the organization needs. */
export const Customization = Type.Object({
  branding: ShownBranding,
  palettes: Type.Array(CustomPalette),
  markers: Type.Array(ShownMarker),
})
export type Customization = Static<typeof Customization>
