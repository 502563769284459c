import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { type ReactNode, useMemo, useState } from 'react'
import { type Brand, BrandContext } from './brand.ts'
import { provideStyleNonce, styleNonce } from './style-nonce.ts'
import { brandedTheme, resolveCssVariables } from './theme.ts'
import './styles.ts'

/** The storage key is shared with `public/color-scheme.js`, which reads it before the first paint. */
const colorSchemeManager = localStorageColorSchemeManager({ key: 'graticule-color-scheme' })

provideStyleNonce()

/** Theme, confirm dialogs and toasts for everything below it, in the look of the organization that a page sets. */
export function UiProvider({ children }: { children: ReactNode }) {
  const [brand, setBrand] = useState<Brand | null>(null)
  const context = useMemo(() => ({ brand, setBrand }), [brand])
  const theme = useMemo(() => brandedTheme(brand), [brand])
  const resolver = useMemo(() => resolveCssVariables(brand), [brand])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      deduplicateInlineStyles
      getStyleNonce={styleNonce}
    >
      <BrandContext value={context}>
        <ModalsProvider>{children}</ModalsProvider>
      </BrandContext>
      <Notifications position="bottom-right" limit={3} />
    </MantineProvider>
  )
}
