import type { OrganizationChoice as Choice, SignInAnswer, SignInBody } from '@graticule/contract'
import { useMutation } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { signIn } from '../../api/session.ts'
import { Button, FormError, Stack, Text, Title } from '../../ui/index.ts'
import { messages } from './messages.ts'

interface OrganizationChoiceProps extends Choice {
  /** What fits in each of them. */
  readonly login: Static<typeof SignInBody>
  readonly onSignedIn: (answer: SignInAnswer) => void
}

/** Asks somebody whose password fits in several organizations where to enter. */
export function OrganizationChoice({ login, organizations, onSignedIn }: OrganizationChoiceProps) {
  const attempt = useMutation({
    mutationFn: (organizationId: string) => signIn({ ...login, organizationId }),
    onSuccess: (answer) => {
      if (!('organizations' in answer)) onSignedIn(answer)
    },
  })
  return (
    <Stack gap="md">
      <div>
        <Title order={2} size="h4">
          {messages.chooseTitle}
        </Title>
        <Text c="dimmed">{messages.chooseText(login.email)}</Text>
      </div>
      <FormError error={attempt.error} />
      {organizations.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          size="sm"
          fullWidth
          loading={attempt.isPending && attempt.variables === id}
          disabled={attempt.isPending}
          onClick={() => attempt.mutate(id)}
        >
          {name}
        </Button>
      ))}
    </Stack>
  )
}
