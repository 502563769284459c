import { Button, CopyTextButton, Group, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './second-factors.module.css'

/** Recovery codes, this one time: to copy or to download, and on once they are kept. */
export function RecoveryCodeList({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const text = `${codes.join('\n')}\n`
  return (
    <Stack gap="md">
      <Text>{messages.codesText}</Text>
      <ul className={classes.codes} aria-label={messages.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyTextButton value={text} label={messages.copyCodes} />
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="graticule-recovery-codes.txt"
        >
          {messages.downloadCodes}
        </Button>
      </Group>
      <Button onClick={onKept} fullWidth>
        {messages.kept}
      </Button>
    </Stack>
  )
}
