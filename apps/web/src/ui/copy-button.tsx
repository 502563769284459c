import { ActionIcon, Button, type ButtonProps, CopyButton as MantineCopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { stateMessages } from './messages.ts'

/** Copies a text and says so on the button itself. */
export function CopyTextButton({ value, label, ...button }: { value: string; label?: string } & ButtonProps) {
  return (
    <MantineCopyButton value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={copy}
          aria-live="polite"
          {...button}
        >
          {copied ? stateMessages.copied : (label ?? stateMessages.copy)}
        </Button>
      )}
    </MantineCopyButton>
  )
}

/** The same as a small icon, for use beside the text. `label` says what is copied. */
export function CopyIconButton({ value, label }: { value: string; label: string }) {
  return (
    <MantineCopyButton value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? stateMessages.copied : label}>
          <ActionIcon aria-label={copied ? stateMessages.copied : label} onClick={copy}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopyButton>
  )
}
