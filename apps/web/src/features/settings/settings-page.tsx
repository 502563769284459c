import { Page } from '../../shell/page.tsx'

/** Settings. */
export function SettingsPage() {
  return <Page title="Settings">{null}</Page>
}
