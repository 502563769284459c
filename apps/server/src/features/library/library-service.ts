import {
  AppError,
  type DocumentKind,
  LIBRARY_LIMITS,
  type LibraryList,
  type TagList,
  type TagListQuery,
} from '@graticule/contract'
import {
  type Action,
  authorize,
  LIBRARY_KINDS,
  type LibraryKind,
  openableWhere,
  type Principal,
  type ShareableAsset,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { foldText } from '../../platform/search/search-words.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import type { KeptAsset, LibraryStore } from './library-store.ts'
import type { Marks } from './marks.ts'

export interface LibraryServiceOptions {
  readonly store: Store
  readonly library: LibraryStore
  readonly kinds: Readonly<Record<LibraryKind, ShareableAssets>>
  readonly activity: ActivityLog
  readonly clock: Clock
}

/** The action of tagging each kind: who may edit an asset puts tags on it. */
export const TAG_ACTION: Readonly<Record<DocumentKind, Action>> = { map: 'map.update', workflow: 'workflow.update' }
/** Somebody who goes back and forth opens a thing once. */
const SAME_OPENING_MS = 60_000
const NO_MARKS: Marks = { tags: [], isFavourite: false }

/** How people keep their maps, workflows and applications in order: by tags, as favourites, by what they opened last. */
export class LibraryService {
  readonly #options: LibraryServiceOptions

  constructor(options: LibraryServiceOptions) {
    this.#options = options
  }

  /** Gives an asset the tags that follow from those it has, decided on the locked asset; answers them. */
  async changeTags(
    caller: UserCaller,
    kind: DocumentKind,
    id: string,
    change: (tags: readonly string[]) => readonly string[],
  ): Promise<string[]> {
    const { library, store } = this.#options
    const { principal } = caller
    const { asset: found } = await this.#options.kinds[kind].findShareable(principal, id)
    authorize(principal, TAG_ACTION[kind], found)
    return store.transaction().execute(async (transaction) => {
      await library.lock(transaction, kind, id)
      const { asset, name } = await this.#findLocked(transaction, kind, id)
      authorize(principal, TAG_ACTION[kind], asset)
      const before = await library.readTags(kind, id, transaction)
      const after = withoutRepeats(change(before))
      if (after.length > LIBRARY_LIMITS.tags) {
        throw new AppError('rule_violated', `A ${kind} has at most ${LIBRARY_LIMITS.tags} tags; remove some first.`, {
          details: { rule: 'tags.limit' },
        })
      }
      const sorted = [...after].sort((a, b) => (foldText(a) < foldText(b) ? -1 : 1))
      if (JSON.stringify(before) === JSON.stringify(sorted)) return before
      await library.replaceTags(transaction, { kind, id, organizationId: asset.organizationId }, sorted)
      await this.#record(transaction, caller, `${kind}.tagged`, asset, { name, from: before, to: sorted })
      return sorted
    })
  }

  /** The tags of what the person may open. */
  async listTags({ principal }: UserCaller, { kind, search = '' }: TagListQuery): Promise<TagList> {
    const kinds = (['map', 'workflow'] as const).filter((each) => kind === undefined || each === kind)
    const visible = kinds.map((each) => [each, visibleWhere(principal, each)] as const)
    return { tags: await this.#options.library.listTags(principal.organizationId, visible, search) }
  }

  /** Keeps something that the person may open among their favourites; what is one already stays one. */
  async addFavourite(caller: UserCaller, kind: LibraryKind, id: string): Promise<void> {
    const { clock, library, store } = this.#options
    const { asset, name } = await this.#findOwn(caller.principal, kind, id)
    const { userId } = caller.principal
    await store.transaction().execute(async (transaction) => {
      const count = await library.countFavourites(transaction, userId)
      if (!(await library.addFavourite(transaction, userId, kind, asset.id, clock.now()))) return
      if (count >= LIBRARY_LIMITS.favourites) {
        const sentence = `You have ${LIBRARY_LIMITS.favourites} favourites, which is as many as there can be; remove some first.`
        throw new AppError('rule_violated', sentence, { details: { rule: 'favourites.limit' } })
      }
      await this.#record(transaction, caller, `${kind}.favourite-added`, asset, { name })
    })
  }

  async removeFavourite(caller: UserCaller, kind: LibraryKind, id: string): Promise<void> {
    const { library, store } = this.#options
    const { asset, name } = await this.#findOwn(caller.principal, kind, id)
    await store.transaction().execute(async (transaction) => {
      if (!(await library.removeFavourite(transaction, caller.principal.userId, kind, asset.id))) return
      await this.#record(transaction, caller, `${kind}.favourite-removed`, asset, { name })
    })
  }

  async listFavourites({ principal }: UserCaller): Promise<LibraryList> {
    return this.#name(await this.#options.library.listFavourites(principal.userId, openableKinds(principal)))
  }

  /** Notes that the person opened something. It is a memory of theirs and no event, as when a session was last used. */
  async noteOpened({ principal }: UserCaller, kind: DocumentKind, id: string): Promise<void> {
    const { asset } = await this.#findOwn(principal, kind, id)
    const now = this.#options.clock.now()
    const unlessSince = new Date(now.getTime() - SAME_OPENING_MS)
    await this.#options.library.noteOpened(principal.userId, kind, asset.id, now, unlessSince)
  }

  async listRecent({ principal }: UserCaller): Promise<LibraryList> {
    return this.#name(await this.#options.library.listRecent(principal.userId, openableKinds(principal)))
  }

  /** The marks of one asset for a reader; who is not of its organization is told none. */
  async readMarks(
    principal: Principal,
    kind: LibraryKind,
    asset: { id: string; organizationId: string },
  ): Promise<Marks> {
    if (principal.kind !== 'user' || principal.organizationId !== asset.organizationId) return NO_MARKS
    return (await this.listMarks(principal, kind, [asset.id])).get(asset.id) ?? NO_MARKS
  }

  /** The marks of assets that the person may open, by id. */
  async listMarks({ userId }: UserPrincipal, kind: LibraryKind, ids: readonly string[]): Promise<Map<string, Marks>> {
    return this.#options.library.readMarks(kind, ids, userId)
  }

  /** With the names that readers know them by. */
  async #name(kept: readonly KeptAsset[]): Promise<LibraryList> {
    const named = await Promise.all(
      LIBRARY_KINDS.map((kind) =>
        this.#options.kinds[kind].listShareable(kept.filter((each) => each.kind === kind).map(({ id }) => id)),
      ),
    )
    const byId = new Map(named.flat().map((each) => [each.asset.id, each]))
    return {
      items: kept.flatMap(({ kind, id, at }) => {
        const found = byId.get(id)
        if (found === undefined || found.owner === null) return []
        return [{ kind, id, name: found.name, owner: found.owner, at: at.toISOString() }]
      }),
    }
  }

  /** An asset of the person's own organization that they may open; 404 otherwise, also for a public map of another. */
  async #findOwn(principal: UserPrincipal, kind: LibraryKind, id: string): Promise<NamedAsset> {
    const found = await this.#options.kinds[kind].findShareable(principal, id)
    if (found.asset.organizationId !== principal.organizationId) throw notFound(kind)
    return found
  }

  async #findLocked(transaction: Store, kind: LibraryKind, id: string): Promise<NamedAsset> {
    const [found] = await this.#options.kinds[kind].listShareable([id], transaction)
    if (found === undefined) throw notFound(kind)
    return found
  }

  async #record(
    transaction: Store,
    { principal, requestId }: UserCaller,
    type: string,
    asset: ShareableAsset,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#options.activity.record(transaction, {
      organizationId: principal.organizationId,
      actor: actorOf(principal),
      type,
      assetType: asset.kind,
      assetId: asset.id,
      requestId,
      details,
    })
  }
}

/** Trimmed, and of tags that differ in case or accents alone the first. */
function withoutRepeats(tags: readonly string[]): string[] {
  const byFolded = new Map<string, string>()
  for (const tag of tags.map((each) => each.trim().replace(/\s+/g, ' '))) {
    if (!byFolded.has(foldText(tag))) byFolded.set(foldText(tag), tag)
  }
  return [...byFolded.values()]
}

function openableKinds(principal: UserPrincipal) {
  return LIBRARY_KINDS.map((kind) => [kind, openableWhere(principal, kind)] as const)
}

function notFound(kind: LibraryKind): AppError {
  return new AppError('not_found', `There is no such ${kind}, or it is not shared with you.`)
}
