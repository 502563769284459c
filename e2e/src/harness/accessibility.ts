import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface AxeViolation {
  readonly id: string
  readonly impact: string | null
  readonly help: string
  readonly nodes: readonly {
    readonly html: string
    readonly target: readonly unknown[]
    readonly failureSummary?: string
  }[]
}

/** Serious and critical accessibility violations of what the page shows now, one line for each element. */
export async function findAccessibilityProblems(page: Page): Promise<readonly string[]> {
  // Evaluating through the debugger leaves the page's content security policy as it is.
  await page.evaluate(axe.source)
  const result = (await page.evaluate('window.axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: AxeViolation[]
  }
  return result.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${violation.help} at ${node.target.join(' ')} (${node.failureSummary ?? ''})`,
      ),
    )
}
