import { Page } from '../../shell/page.tsx'

/** Data. */
export function DataPage() {
  return <Page title="Data">{null}</Page>
}
