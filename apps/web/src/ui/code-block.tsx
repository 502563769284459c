import classes from './code-block.module.css'
import { CopyIconButton } from './copy-button.tsx'

/** Code to read and copy. `label` names what it is for screen readers; `copyLabel` is on the copy button. */
export function CodeBlock({ code, label, copyLabel }: { code: string; label: string; copyLabel: string }) {
  return (
    <div className={classes.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code scrolls, and must scroll by keyboard too. */}
      <section className={classes.scroll} tabIndex={0} aria-label={label}>
        <pre className={classes.code}>
          <code>{code}</code>
        </pre>
      </section>
      <div className={classes.copy}>
        <CopyIconButton value={code} label={copyLabel} />
      </div>
    </div>
  )
}
