import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

/** A button that, when a rule forbids what it does, can be reached but not pressed, and says the rule. */
export function RuledButton(
  props: ButtonProps & { rule: string | undefined; onClick: () => void; children: ReactNode },
) {
  const { rule, onClick, children, ...button } = props
  if (rule === undefined) {
    return (
      <Button {...button} onClick={onClick}>
        {children}
      </Button>
    )
  }
  return (
    <Tooltip label={rule} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {/* Not the attribute `disabled`: such a button gets neither the focus nor the pointer, and says nothing. */}
      <Button {...button} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  )
}
