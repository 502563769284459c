import { Page } from '../../shell/page.tsx'

/** Connections. */
export function ConnectionsPage() {
  return <Page title="Connections">{null}</Page>
}
