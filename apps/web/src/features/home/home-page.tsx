import { Page } from '../../shell/page.tsx'

/** Home. */
export function HomePage() {
  return <Page title="Home">{null}</Page>
}
