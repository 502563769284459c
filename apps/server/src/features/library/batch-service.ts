import type {
  BatchDeleteBody,
  BatchSharePreview,
  BatchTagBody,
  ResourceDeletion,
  ResourceKey,
  ResourceResult,
} from '@graticule/contract'
import type { Audience, LibraryKind } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { foldText } from '../../platform/search/search-words.ts'
import { attemptPart } from '../assets/attempt-part.ts'
import type { ManagedAssets } from '../assets/managed-assets.ts'
import type { ShareableAssets } from '../sharing/shareable-assets.ts'
import type { SharingService } from '../sharing/sharing-service.ts'
import type { LibraryService } from './library-service.ts'

/** What somebody does with many assets at once: each is decided, done and recorded as if it were alone. */
export class BatchService {
  readonly #kinds: Readonly<Record<LibraryKind, ShareableAssets & ManagedAssets>>
  readonly #library: LibraryService
  readonly #sharing: SharingService

  constructor(
    kinds: Readonly<Record<LibraryKind, ShareableAssets & ManagedAssets>>,
    library: LibraryService,
    sharing: SharingService,
  ) {
    this.#kinds = kinds
    this.#library = library
    this.#sharing = sharing
  }

  /** Puts each into the trash. */
  async remove(caller: UserCaller, { resources }: BatchDeleteBody): Promise<ResourceDeletion> {
    return each(resources, ({ resourceType, id }) => this.#kinds[resourceType].removeManaged(caller, id))
  }

  /** Shares each with exactly this audience. */
  async share(
    caller: UserCaller,
    resources: BatchDeleteBody['resources'],
    audience: Audience,
  ): Promise<ResourceDeletion> {
    return each(resources, ({ resourceType, id }) => this.#kinds[resourceType].setAudience(caller, id, audience))
  }

  /** Who would gain and lose access to any of them. */
  async previewSharing(
    caller: UserCaller,
    resources: BatchDeleteBody['resources'],
    audience: Audience,
  ): Promise<BatchSharePreview> {
    return this.#sharing.previewMany(caller, resources, audience)
  }

  /** Adds tags to each and takes others away. */
  async tag(caller: UserCaller, { resources, add = [], remove = [] }: BatchTagBody): Promise<ResourceDeletion> {
    const removed = new Set(remove.map((tag) => foldText(tag.trim())))
    return each(resources, ({ resourceType, id }) =>
      this.#library.changeTags(caller, resourceType, id, (tags) => [
        ...tags.filter((tag) => !removed.has(foldText(tag))),
        ...add,
      ]),
    )
  }
}

async function each<Key extends ResourceKey>(
  resources: readonly Key[],
  act: (resource: Key) => Promise<unknown>,
): Promise<ResourceDeletion> {
  const results: ResourceResult[] = []
  for (const resource of resources) results.push(await attemptPart(resource, () => act(resource)))
  return { results }
}
