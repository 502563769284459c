import { inkOn } from '@graticule/policy'
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from '@mantine/core'
import type { Brand } from './brand.ts'
import { mixColors, shadesOf } from './brand-colors.ts'

/** The one accent: a deep teal, for action and selection. */
const accent: MantineColorsTuple = [
  '#e8f6f4',
  '#cfebe7',
  '#a3d8d1',
  '#72c3b9',
  '#48ada1',
  '#2a9a8e',
  '#178176',
  '#0c6e66',
  '#075a54',
  '#044640',
]

/** Neutral greys with a slight blue; shade 6 is the lightest that still reads as text on white. */
const gray: MantineColorsTuple = [
  '#f6f8fa',
  '#eef1f4',
  '#e2e7ec',
  '#d0d7de',
  '#b3bdc7',
  '#87939f',
  '#616d79',
  '#47525d',
  '#313a43',
  '#1b222a',
]

const dark: MantineColorsTuple = [
  '#dbe1e7',
  '#b4bec8',
  '#93a0ac',
  '#7a8794',
  '#38424d',
  '#2b343d',
  '#1f262e',
  '#161b21',
  '#10151a',
  '#0b0f13',
]

/** What panels are painted with in the dark. */
const DARK_PANEL = dark[7]

/** Danger: dark enough that white text on it keeps its contrast. */
const red: MantineColorsTuple = [
  '#fff1f1',
  '#ffdfdf',
  '#ffc0c0',
  '#ff9c99',
  '#f47a76',
  '#e5484d',
  '#cf3339',
  '#c0262d',
  '#9f1d24',
  '#7f151b',
]

/** The look of every component: 13 px body text, a 4 px grid, 6 px corners. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, gray, dark, red },
  white: '#ffffff',
  black: '#1b222a',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', 'DejaVu Sans Mono', Menlo, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
      h4: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  shadows: {
    xs: '0 1px 2px rgb(15 23 32 / 8%)',
    sm: '0 2px 8px rgb(15 23 32 / 10%)',
    md: '0 6px 24px rgb(15 23 32 / 14%)',
    lg: '0 6px 24px rgb(15 23 32 / 14%)',
    xl: '0 6px 24px rgb(15 23 32 / 14%)',
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Alert: { defaultProps: { variant: 'light' } },
    Badge: { defaultProps: { variant: 'light', size: 'sm', radius: 'xs', tt: 'none', fw: 500 } },
    Button: { defaultProps: { size: 'xs', fz: 13, fw: 500 } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Combobox: { defaultProps: { shadow: 'md' } },
    Input: { defaultProps: { size: 'xs' }, vars: () => ({ wrapper: { '--input-fz': '13px' } }) },
    InputWrapper: {
      defaultProps: { size: 'xs' },
      vars: () => ({
        label: { '--input-label-size': '12px' },
        description: { '--input-description-size': '12px' },
        error: { '--input-error-size': '12px' },
      }),
    },
    // A menu that opens has its first item in focus, and holds nothing in focus that has no name.
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 }, withInitialFocusPlaceholder: false } },
    Modal: {
      defaultProps: {
        shadow: 'md',
        overlayProps: { backgroundOpacity: 0.35 },
        transitionProps: { duration: 140 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontSize: 16, fontWeight: 600 } },
    },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { withBorder: true, closeButtonProps: { 'aria-label': 'Close' } } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Radio: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Slider: { defaultProps: { size: 'sm' } },
    Switch: { defaultProps: { size: 'xs' } },
    Table: {
      defaultProps: { fz: 13, withTableBorder: true, bg: 'var(--panel)', borderColor: 'var(--line)' },
      styles: { th: { color: 'var(--text-dim)', fontSize: 12, fontWeight: 500 } },
    },
    Text: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, fz: 12, transitionProps: { duration: 120 } } },
  },
})

/** The look of every component in the colours of an organization. */
export function brandedTheme(brand: Brand | null): MantineThemeOverride {
  if (!brand?.primaryColor) return theme
  return { ...theme, colors: { ...theme.colors, accent: shadesOf(brand.primaryColor) } }
}

/**
 * The workspace's own CSS variables, in light and in dark: `--surface` (page), `--panel` (rails, cards, bars),
 * `--panel-hover`, `--line` (borders), `--text`, `--text-dim`, `--accent-text` and `--shadow-float`; `--marker` for what
 * marks the open section and progress, and `--bar…` for the rail of sections and the title of a map.
 */
export const resolveCssVariables =
  (brand: Brand | null): CSSVariablesResolver =>
  (resolved) => ({
    variables: barVariables(brand),
    light: {
      '--surface': resolved.colors.gray[0],
      '--panel': '#ffffff',
      '--panel-hover': resolved.colors.gray[1],
      '--line': resolved.colors.gray[2],
      '--text': '#1b222a',
      '--text-dim': resolved.colors.gray[6],
      '--accent-text': resolved.colors.accent?.[7] ?? '',
      '--accent-wash': resolved.colors.accent?.[0] ?? '',
      '--marker': brand?.secondaryColor ?? 'var(--accent-text)',
      '--shadow-float': '0 6px 24px rgb(15 23 32 / 14%)',
      '--mantine-color-gray-light-color': resolved.colors.gray[7],
      ...tints({ yellow: ['#fdf3d7', '#6b4a00'], orange: ['#fdeedd', '#8a3b00'], green: ['#e6f4ea', '#1b5e2a'] }),
      '--mantine-color-body': '#ffffff',
      '--mantine-color-dimmed': resolved.colors.gray[6],
      '--mantine-color-placeholder': resolved.colors.gray[6],
      '--mantine-color-default-border': resolved.colors.gray[3],
      '--mantine-color-error': '#c0262d',
      '--mantine-color-anchor': resolved.colors.accent?.[7] ?? '',
    },
    dark: {
      '--surface': resolved.colors.dark[8],
      '--panel': resolved.colors.dark[7],
      '--panel-hover': resolved.colors.dark[6],
      '--line': resolved.colors.dark[5],
      '--text': resolved.colors.dark[0],
      '--text-dim': resolved.colors.dark[2],
      '--accent-text': resolved.colors.accent?.[3] ?? '',
      '--accent-wash': brand?.primaryColor ? mixColors(brand.primaryColor, DARK_PANEL, 0.72) : '#12302e',
      '--marker': brand?.secondaryColor ? mixColors(brand.secondaryColor, '#ffffff', 0.4) : 'var(--accent-text)',
      '--shadow-float': '0 6px 24px rgb(0 0 0 / 50%)',
      '--mantine-color-gray-light-color': resolved.colors.dark[1],
      ...tints({ yellow: ['#3a2e0c', '#f5dfa0'], orange: ['#3a240c', '#ffd8a8'], green: ['#12301b', '#b2f2bb'] }),
      '--mantine-color-body': resolved.colors.dark[7],
      '--mantine-color-dimmed': resolved.colors.dark[2],
      '--mantine-color-placeholder': resolved.colors.dark[3],
      '--mantine-color-default-border': resolved.colors.dark[4],
      '--mantine-color-error': '#ff8a85',
      '--mantine-color-anchor': resolved.colors.accent?.[3] ?? '',
    },
  })

/** Ground and text of what is tinted (badges, notices): the library's own pairs are too faint to be read when small. */
function tints(pairs: Readonly<Record<string, readonly [ground: string, text: string]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([name, [ground, text]]) => [
      [`--mantine-color-${name}-light`, ground],
      [`--mantine-color-${name}-light-color`, text],
    ]),
  )
}

/** How the rail and the title of a map look: like panels, or in the bar's colour with the text that reads on it. */
function barVariables(brand: Brand | null): Record<string, string> {
  const bar = brand?.appBarColor ?? null
  if (bar === null) {
    return {
      '--bar': 'var(--panel)',
      '--bar-text': 'var(--text)',
      '--bar-text-dim': 'var(--text-dim)',
      '--bar-hover': 'var(--panel-hover)',
      '--bar-active': 'var(--accent-wash)',
      '--bar-active-text': 'var(--accent-text)',
      '--bar-marker': 'var(--marker)',
    }
  }
  const ink = inkOn(bar)
  return {
    '--bar': bar,
    '--bar-text': ink,
    '--bar-text-dim': ink,
    '--bar-hover': mixColors(bar, ink, 0.1),
    '--bar-active': mixColors(bar, ink, 0.16),
    '--bar-active-text': ink,
    '--bar-marker': ink,
  }
}
