import { Page } from '../../shell/page.tsx'

/** Developers. */
export function DevelopersPage() {
  return <Page title="Developers">{null}</Page>
}
