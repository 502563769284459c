import { can, type Principal } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Connection } from '../connections/connection.ts'
import type { Dependent, DependentKind, Repointing } from '../connections/connection-dependents.ts'
import { workflowAsset } from './workflow.ts'
import type { WorkflowStore } from './workflow-store.ts'

/** The workflows that work on connections. */
export class WorkflowsOnConnections implements DependentKind {
  readonly kind = 'workflow'
  readonly #workflows: WorkflowStore
  readonly #clock: Clock
  readonly #record: RecordChange

  constructor(workflows: WorkflowStore, activity: ActivityLog, clock: Clock) {
    this.#workflows = workflows
    this.#clock = clock
    this.#record = recordChangesOf(activity, 'workflow')
  }

  async list(store: Store, asker: Principal, connection: Connection): Promise<Dependent[]> {
    const found = await this.#workflows.listOnConnection(connection.id, store)
    return found.map((workflow) => ({
      id: workflow.id,
      title: workflow.title,
      owner: workflow.owner,
      isListed: can(asker, 'workflow.read', workflowAsset(workflow)).allowed,
    }))
  }

  async repoint(transaction: Store, { caller, from, to, cause }: Repointing): Promise<number> {
    // They name it by its id, which stays.
    if (from.id === to.id) return 0
    const workflows = await this.#workflows.repoint(transaction, from.id, to.id, this.#clock.now())
    for (const { id, title } of workflows) {
      const details = { title, from: from.name, to: to.name, cause }
      await this.#record(transaction, caller, 'workflow.repointed', id, details)
    }
    return workflows.length
  }
}
