import { Page } from '../../shell/page.tsx'

/** Maps. */
export function MapsPage() {
  return <Page title="Maps">{null}</Page>
}
