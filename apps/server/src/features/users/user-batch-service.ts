import {
  AppError,
  type PersonBatch,
  type PersonResult,
  type RoleBatchBody,
  type UserDeletionBatchBody,
} from '@graticule/contract'
import type { UserCaller } from '../../http/caller.ts'
import type { UserChangeService } from './user-change-service.ts'

/** What is done with many people at once: each is decided, done and recorded as if they were alone, one after the other. */
export class UserBatchService {
  readonly #changes: UserChangeService

  constructor(changes: UserChangeService) {
    this.#changes = changes
  }

  /** Gives each that role; one receiver gets what those own who lose the right to. */
  async changeRoles(caller: UserCaller, { userIds, role, receiverId }: RoleBatchBody): Promise<PersonBatch> {
    return each(userIds, (id) => this.#changes.changeRole(caller, id, role, receiverId))
  }

  /** Deletes each; one receiver gets what they own. */
  async remove(caller: UserCaller, { userIds, receiverId }: UserDeletionBatchBody): Promise<PersonBatch> {
    return each(userIds, (id) => this.#changes.remove(caller, id, receiverId))
  }
}

async function each(ids: readonly string[], act: (id: string) => Promise<void>): Promise<PersonBatch> {
  const results: PersonResult[] = []
  for (const id of ids) results.push(await attempt(id, () => act(id)))
  return { results }
}

/** A refusal belongs to the one person; anything else fails the batch. */
async function attempt(id: string, act: () => Promise<void>): Promise<PersonResult> {
  try {
    await act()
    return { id, success: true }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { id, success: false, failureReason: error.message }
  }
}
