import { Textarea, type TextareaProps } from '@mantine/core'

/** A field for what machines read, such as a certificate: in letters of one width, that nobody spells. */
export function CodeArea(props: TextareaProps) {
  return (
    <Textarea
      autosize
      minRows={3}
      maxRows={8}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      {...props}
    />
  )
}
