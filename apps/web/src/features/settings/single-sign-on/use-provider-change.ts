import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { identityProvidersQuery } from '../../../api/single-sign-on.ts'
import { notifications } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Sends a change, then reads the list again and says what was done. */
export function useProviderChange<Input, Answer>(
  send: (input: Input) => Promise<Answer>,
  sentence: (answer: Answer, input: Input) => string,
  onDone: () => void = () => undefined,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: async (answer, input) => {
      await queryClient.invalidateQueries({ queryKey: identityProvidersQuery.queryKey })
      notifications.show({ message: sentence(answer, input) })
      onDone()
    },
  })
}

/** For what has no form to show its failure in. */
export function showFailure(error: unknown): void {
  notifications.show({
    color: 'red',
    title: messages.failed,
    message: error instanceof ApiError ? error.message : '',
  })
}
