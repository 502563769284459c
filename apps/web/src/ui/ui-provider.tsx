import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { provideStyleNonce, styleNonce } from './style-nonce.ts'
import { resolveCssVariables, theme } from './theme.ts'
import './styles.ts'

/** The storage key is shared with `public/color-scheme.js`, which reads it before the first paint. */
const colorSchemeManager = localStorageColorSchemeManager({ key: 'graticule-color-scheme' })

provideStyleNonce()

/** Theme, confirm dialogs and toasts for everything below it. */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveCssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      deduplicateInlineStyles
      getStyleNonce={styleNonce}
    >
      <ModalsProvider>{children}</ModalsProvider>
      <Notifications position="bottom-right" limit={3} />
    </MantineProvider>
  )
}
