import { ApiError } from '../../../api/api-error.ts'
import { notifications } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** For what has no form to show its failure in. */
export function showFailure(error: unknown): void {
  notifications.show({
    color: 'red',
    title: messages.failed,
    message: error instanceof ApiError ? error.message : '',
  })
}
