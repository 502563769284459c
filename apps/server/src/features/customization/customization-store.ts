import type { Branding, CustomBasemap, CustomMarker, CustomPalette, ExpectedAccess } from '@graticule/contract'
import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { toJson } from '../../platform/db/database.ts'
import type { Picture } from '../../platform/pictures/read-picture.ts'
import type { MarkerImage } from './marker.ts'

/** What an organization made its own. */
export interface CustomizationRecord {
  readonly branding: Branding
  readonly palettes: readonly CustomPalette[]
  readonly basemaps: readonly CustomBasemap[]
  readonly expectedAccess: readonly ExpectedAccess[]
  /** Each names its picture by its digest. */
  readonly markers: readonly CustomMarker[]
}

/** How it is while an organization has changed nothing. */
export const AS_IT_COMES: CustomizationRecord = {
  branding: { logo: null, primaryColor: null, secondaryColor: null, appBarColor: null },
  palettes: [],
  basemaps: [],
  expectedAccess: [],
  markers: [],
}

/** A map that draws on a basemap of its organization. */
export interface MapOnBasemap {
  readonly id: string
  readonly title: string
  readonly basemapId: string
}

const CUSTOM_PREFIX = 'custom:'
const DRAFT_STYLE = sql<string>`maps.document #>> '{keplerMapConfig,config,mapStyle,styleType}'`
const PUBLISHED_STYLE = sql<string | null>`maps.published_document #>> '{keplerMapConfig,config,mapStyle,styleType}'`

/** What organizations made their own, in the metadata store. */
export class CustomizationStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async read(organizationId: string, store: Store = this.#store): Promise<CustomizationRecord> {
    const row = await store
      .selectFrom('customizations')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    if (!row) return AS_IT_COMES
    const { branding, palettes, basemaps, expected_access: expectedAccess, markers } = row
    return { branding, palettes, basemaps, expectedAccess, markers }
  }

  /** Puts the parts that are given in the place of those that were. */
  async save(transaction: Store, organizationId: string, parts: Partial<CustomizationRecord>): Promise<void> {
    const changes = {
      ...(parts.branding && { branding: toJson(parts.branding) }),
      ...(parts.palettes && { palettes: toJson(parts.palettes) }),
      ...(parts.basemaps && { basemaps: toJson(parts.basemaps) }),
      ...(parts.expectedAccess && { expected_access: toJson(parts.expectedAccess) }),
      ...(parts.markers && { markers: toJson(parts.markers) }),
    }
    await transaction
      .insertInto('customizations')
      .values({
        organization_id: organizationId,
        branding: toJson(AS_IT_COMES.branding),
        palettes: '[]',
        basemaps: '[]',
        expected_access: '[]',
        markers: '[]',
        ...changes,
      })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(changes))
      .execute()
  }

  /** Keeps a picture, or notes that it is used again, and forgets all but the latest ones. */
  async keepImage(
    transaction: Store,
    organizationId: string,
    image: Picture & { readonly digest: string },
    { usedAt, most }: { readonly usedAt: Date; readonly most: number },
  ): Promise<void> {
    await transaction
      .insertInto('branding_images')
      .values({ organization_id: organizationId, ...image, used_at: usedAt })
      .onConflict((conflict) => conflict.columns(['organization_id', 'digest']).doUpdateSet({ used_at: usedAt }))
      .execute()
    const old = await transaction
      .selectFrom('branding_images')
      .select('digest')
      .where('organization_id', '=', organizationId)
      .where('digest', '!=', image.digest)
      .orderBy('used_at', 'desc')
      .offset(most - 1)
      .execute()
    if (old.length === 0) return
    await transaction
      .deleteFrom('branding_images')
      .where('organization_id', '=', organizationId)
      .where(
        'digest',
        'in',
        old.map(({ digest }) => digest),
      )
      .execute()
  }

  async findImage(organizationId: string, digest: string, store: Store = this.#store): Promise<Picture | null> {
    const row = await store
      .selectFrom('branding_images')
      .select(['type', 'bytes'])
      .where('organization_id', '=', organizationId)
      .where('digest', '=', digest)
      .executeTakeFirst()
    return row ?? null
  }

  /** Keeps the pictures of markers, or notes that they are used again, and forgets all but the latest ones. */
  async keepMarkers(
    transaction: Store,
    organizationId: string,
    images: readonly MarkerImage[],
    { usedAt, most }: { readonly usedAt: Date; readonly most: number },
  ): Promise<void> {
    for (const image of images) {
      await transaction
        .insertInto('marker_images')
        .values({ organization_id: organizationId, ...image, used_at: usedAt })
        .onConflict((conflict) => conflict.columns(['organization_id', 'digest']).doUpdateSet({ used_at: usedAt }))
        .execute()
    }
    await sql`
      DELETE FROM marker_images WHERE organization_id = ${organizationId} AND digest IN (
        SELECT digest FROM marker_images WHERE organization_id = ${organizationId}
        ORDER BY used_at DESC, digest OFFSET ${most})`.execute(transaction)
  }

  async findMarker(organizationId: string, digest: string, store: Store = this.#store): Promise<MarkerImage | null> {
    const row = await store
      .selectFrom('marker_images')
      .select(['digest', 'bytes'])
      .where('organization_id', '=', organizationId)
      .where('digest', '=', digest)
      .executeTakeFirst()
    return row ?? null
  }

  /** The maps that draw on any of these basemaps, by title: as they are edited, or as readers see them. */
  async listMapsOn(store: Store, organizationId: string, basemapIds: readonly string[]): Promise<MapOnBasemap[]> {
    if (basemapIds.length === 0) return []
    const styles = basemapIds.map((id) => `${CUSTOM_PREFIX}${id}`)
    const rows = await store
      .selectFrom('maps')
      .select(['id', 'title', DRAFT_STYLE.as('draft'), PUBLISHED_STYLE.as('published')])
      .where('organization_id', '=', organizationId)
      .where('deleted_at', 'is', null)
      .where((where) => where.or([where(DRAFT_STYLE, 'in', styles), where(PUBLISHED_STYLE, 'in', styles)]))
      .orderBy(sql`lower(title)`)
      .execute()
    return rows.map(({ id, title, draft, published }) => {
      const style = styles.includes(draft) ? draft : (published ?? draft)
      return { id, title, basemapId: style.slice(CUSTOM_PREFIX.length) }
    })
  }
}
