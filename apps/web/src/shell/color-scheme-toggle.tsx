import { IconMoon, IconSun } from '@tabler/icons-react'
import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '../ui/index.ts'
import { messages } from './messages.ts'

/** Switches between light and dark, and says which one the next press gives. */
export function useColorSchemeSwitch(): { isDark: boolean; label: string; toggle: () => void } {
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  return {
    isDark,
    label: isDark ? messages.useLight : messages.useDark,
    toggle: () => setColorScheme(isDark ? 'light' : 'dark'),
  }
}

/** The button of the top bar that switches between light and dark; phones find it in the settings. */
export function ColorSchemeToggle() {
  const { isDark, label, toggle } = useColorSchemeSwitch()
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={toggle} visibleFrom="xs">
        {isDark ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  )
}
