import {
  AppError,
  type Branding,
  type CustomBasemap,
  type Customization,
  type CustomMarker,
  type CustomPalette,
  type ExpectedAccess,
  type ShownBranding,
} from '@graticule/contract'
import { findBrandingProblems, type Principal } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Picture } from '../../platform/pictures/read-picture.ts'
import { findBasemapProblem, originsOf } from '../basemaps/custom-basemap.ts'
import type { CustomizationRecord, CustomizationStore, MapOnBasemap } from './customization-store.ts'
import { type Logo, readLogo } from './logo.ts'
import { type MarkerImage, markerPath, readMarker } from './marker.ts'

export interface CustomizationServiceOptions {
  readonly customizations: CustomizationStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** The organization and the basemap of a map that anybody may open; null for any other map. */
  readonly findPublicBasemap: (mapId: string) => Promise<{ organizationId: string; basemapId: string | null } | null>
}

/** So many earlier logos stay, for documents that name them. */
const MAX_IMAGES = 10
/** So many pictures of markers stay, for maps that draw with earlier ones: five times as many as there can be at once. */
const MAX_MARKER_IMAGES = 500
const DIGEST = /^[0-9a-f]{64}$/

/** What an organization makes its own: how it looks, its palettes and its basemaps. Who may change it is decided before. */
export class CustomizationService {
  readonly #options: CustomizationServiceOptions

  constructor(options: CustomizationServiceOptions) {
    this.#options = options
  }

  async read(organizationId: string, store?: Store): Promise<CustomizationRecord> {
    return this.#options.customizations.read(organizationId, store)
  }

  /** What every page of the organization needs. */
  async show(organizationId: string): Promise<Customization> {
    const { branding, palettes, markers } = await this.#options.customizations.read(organizationId)
    return {
      branding: showBranding(organizationId, branding),
      palettes: [...palettes],
      markers: markers.map(({ name, image }) => ({ name, url: markerPath(organizationId, image) })),
    }
  }

  async showBranding(organizationId: string): Promise<ShownBranding> {
    return (await this.show(organizationId)).branding
  }

  /** A basemap that a map of the organization names; null when there is none. */
  async findBasemap(organizationId: string, id: string): Promise<CustomBasemap | null> {
    const { basemaps } = await this.#options.customizations.read(organizationId)
    return basemaps.find((basemap) => basemap.id === id) ?? null
  }

  /** From where else than this server a page may load: what the basemaps that it can show need, and no other. */
  async listOrigins(principal: Principal, mapId: string | null): Promise<string[]> {
    const shown: CustomBasemap[] = []
    if (principal.kind === 'user') {
      shown.push(...(await this.#options.customizations.read(principal.organizationId)).basemaps)
    }
    const found = mapId === null ? null : await this.#options.findPublicBasemap(mapId)
    if (found?.basemapId) {
      const basemap = await this.findBasemap(found.organizationId, found.basemapId)
      if (basemap !== null) shown.push(basemap)
    }
    return [...new Set(shown.flatMap(originsOf))]
  }

  async readImage(organizationId: string, digest: string): Promise<Picture> {
    const image = DIGEST.test(digest) ? await this.#options.customizations.findImage(organizationId, digest) : null
    if (image === null) throw new AppError('not_found', 'There is no such picture.')
    return image
  }

  async readMarker(organizationId: string, digest: string): Promise<Buffer> {
    const image = DIGEST.test(digest) ? await this.#options.customizations.findMarker(organizationId, digest) : null
    if (image === null) throw new AppError('not_found', 'There is no such marker.')
    return image.bytes
  }

  /** What speaks against these markers, a sentence each. */
  async findMarkerProblems(
    transaction: Store,
    organizationId: string,
    markers: readonly CustomMarker[],
  ): Promise<string[]> {
    const problems: string[] = []
    for (const { name, image } of markers) {
      try {
        await this.#findMarkerImage(transaction, organizationId, image)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        problems.push(`"${name}": ${error.message}`)
      }
    }
    return problems
  }

  async saveMarkers(transaction: Store, change: OrganizationChange, markers: readonly CustomMarker[]): Promise<void> {
    const { activity, clock, customizations } = this.#options
    const images: MarkerImage[] = []
    for (const { image } of markers) {
      images.push(await this.#findMarkerImage(transaction, change.organizationId, image))
    }
    const kept = { usedAt: clock.now(), most: MAX_MARKER_IMAGES }
    await customizations.keepMarkers(transaction, change.organizationId, images, kept)
    const saved = markers.map(({ name }, index) => ({ name, image: images[index]?.digest ?? '' }))
    await customizations.save(transaction, change.organizationId, { markers: saved })
    await recordOrganizationChange(activity, transaction, change, 'markers.updated', { markers: saved })
  }

  /** What speaks against a branding, a sentence each. */
  async findBrandingProblems(transaction: Store, organizationId: string, branding: Branding): Promise<string[]> {
    const problems = findBrandingProblems(branding)
    try {
      await this.#findLogo(transaction, organizationId, branding.logo)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problems.push(error.message)
    }
    return problems
  }

  async saveBranding(transaction: Store, change: OrganizationChange, branding: Branding): Promise<void> {
    const { activity, clock, customizations } = this.#options
    const logo = await this.#findLogo(transaction, change.organizationId, branding.logo)
    if (logo !== null) {
      const kept = { usedAt: clock.now(), most: MAX_IMAGES }
      await customizations.keepImage(transaction, change.organizationId, logo, kept)
    }
    const saved = { ...branding, logo: logo?.digest ?? null }
    await customizations.save(transaction, change.organizationId, { branding: saved })
    const isReset = Object.values(saved).every((value) => value === null)
    await recordOrganizationChange(
      activity,
      transaction,
      change,
      isReset ? 'branding.reset' : 'branding.updated',
      saved,
    )
  }

  async savePalettes(
    transaction: Store,
    change: OrganizationChange,
    palettes: readonly CustomPalette[],
  ): Promise<void> {
    await this.#options.customizations.save(transaction, change.organizationId, { palettes })
    const names = palettes.map(({ name }) => name)
    await recordOrganizationChange(this.#options.activity, transaction, change, 'palettes.updated', { names })
  }

  /** What speaks against these basemaps, a sentence each. */
  findBasemapProblems(basemaps: readonly CustomBasemap[]): string[] {
    return basemaps.map(findBasemapProblem).filter((problem) => problem !== null)
  }

  listMapsOn(transaction: Store, organizationId: string, basemapIds: readonly string[]): Promise<MapOnBasemap[]> {
    return this.#options.customizations.listMapsOn(transaction, organizationId, basemapIds)
  }

  async saveBasemaps(
    transaction: Store,
    change: OrganizationChange,
    basemaps: readonly CustomBasemap[],
  ): Promise<void> {
    await this.#options.customizations.save(transaction, change.organizationId, { basemaps })
    const details = { basemaps: basemaps.map(({ id, name, type }) => ({ id, name, type })) }
    await recordOrganizationChange(this.#options.activity, transaction, change, 'basemaps.updated', details)
  }

  async saveExpectedAccess(
    transaction: Store,
    change: OrganizationChange,
    expectedAccess: readonly ExpectedAccess[],
  ): Promise<void> {
    await this.#options.customizations.save(transaction, change.organizationId, { expectedAccess })
    const details = { count: expectedAccess.length }
    await recordOrganizationChange(this.#options.activity, transaction, change, 'expected-access.updated', details)
  }

  async #findMarkerImage(transaction: Store, organizationId: string, image: string): Promise<MarkerImage> {
    if (!DIGEST.test(image)) return readMarker(image)
    const found = await this.#options.customizations.findMarker(organizationId, image, transaction)
    if (found !== null) return found
    throw new AppError('invalid_request', 'The organization has no marker with that digest; upload the picture again.')
  }

  /** The picture that a document means: one that comes along, or one that was uploaded before. */
  async #findLogo(transaction: Store, organizationId: string, logo: string | null): Promise<Logo | null> {
    if (logo === null) return null
    if (!DIGEST.test(logo)) return readLogo(logo)
    const image = await this.#options.customizations.findImage(organizationId, logo, transaction)
    if (image !== null) return { ...image, digest: logo }
    throw new AppError('invalid_request', 'The organization has no picture with that digest; upload the logo again.')
  }
}

function showBranding(organizationId: string, { logo, ...colors }: Branding): ShownBranding {
  return { ...colors, logoUrl: logo === null ? null : `/branding/${organizationId}/${logo}` }
}
