import { Button, Entrance, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

const words = messages.again

/** Where an identity provider leads back to when the page that asked waits in another tab. */
export function SignedInAgainPage() {
  return (
    <Entrance title={words.backTitle}>
      <Stack gap="md">
        <Text>{words.backText}</Text>
        <Button component="a" href="/" variant="default" size="sm" fullWidth>
          {words.backOpen}
        </Button>
      </Stack>
    </Entrance>
  )
}
