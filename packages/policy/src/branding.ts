import { BRAND_COLORS, type BrandColor } from '@graticule/contract'

/** What a colour must be told apart from: text of it from white, a line of it from white. */
const LEAST_CONTRAST: Readonly<Partial<Record<BrandColor, { readonly ratio: number; readonly phrase: string }>>> = {
  primaryColor: { ratio: 4.5, phrase: 'The primary colour is read as text on white, and white text on it' },
  secondaryColor: { ratio: 3, phrase: 'The secondary colour marks what is selected on white' },
}

const SUBJECT: Readonly<Record<BrandColor, string>> = {
  primaryColor: 'The primary colour',
  secondaryColor: 'The secondary colour',
  appBarColor: 'The colour of the app bar',
}

/** What speaks against the colours of a brand, a sentence each. The colour of the bar takes the text that suits it. */
export function findBrandingProblems(colors: Readonly<Record<BrandColor, string | null>>): string[] {
  return BRAND_COLORS.flatMap((name) => {
    const color = colors[name]
    if (color === null) return []
    if (!/^#[0-9a-f]{6}$/i.test(color)) return [`${SUBJECT[name]} is written as # and six digits, such as #0b7285.`]
    const least = LEAST_CONTRAST[name]
    const contrast = contrastOf(color, '#ffffff')
    if (least === undefined || contrast >= least.ratio) return []
    return [
      `${least.phrase}: its contrast is ${contrast.toFixed(1)}:1 and must be ${least.ratio}:1; take a darker one.`,
    ]
  })
}

/** White or the darkest ink of the workspace: whichever reads better on a colour. */
export function inkOn(color: string): '#ffffff' | '#1b222a' {
  return contrastOf(color, '#ffffff') >= contrastOf(color, '#1b222a') ? '#ffffff' : '#1b222a'
}

/** The contrast of two colours as WCAG 2 measures it, between 1 and 21. */
export function contrastOf(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(color.slice(start, start + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
