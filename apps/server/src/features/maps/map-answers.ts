import type { MapDetail, MapSummary } from '@graticule/contract'
import { can, isShared, type Principal, privacyOf, sharingScopeOf } from '@graticule/policy'
import type { Marks } from '../library/marks.ts'
import { movePermission, nearestProject, projectsGiving } from '../projects/nearest-project.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import type { ListedMap } from './map-list-store.ts'
import { type MapRecord, type MapVersion, mapAsset } from './map-record.ts'

/** A map of a list, as its asker may know it. */
export function summarizeMap(principal: Principal, map: ListedMap): MapSummary {
  const asset = mapAsset(map)
  const hasReaders = isShared(asset)
  return {
    id: map.id,
    title: map.title,
    description: map.description,
    privacy: privacyOf(map.audience),
    sharingScope: sharingScopeOf(map.audience),
    owner: map.owner,
    createdAt: map.createdAt.toISOString(),
    updatedAt: map.updatedAt.toISOString(),
    layerCount: map.layerCount,
    project: nearestProject(principal, asset, map.containers),
    sharedThrough: projectsGiving(principal, asset, map.containers),
    connectionNames: [...map.connectionNames],
    tags: [...map.tags],
    isFavourite: map.isFavourite,
    publishedWithPassword: asset.isLocked,
    discoverable: map.isListed,
    collaborative: map.isCollaborative,
    publishedAt: hasReaders ? (map.publishedAt?.toISOString() ?? null) : null,
    hasUnpublishedChanges: hasReaders && map.isAhead && can(principal, 'map.update', asset).allowed,
    permissions: {
      edit: assetPermission(principal, 'map.update', asset),
      delete: assetPermission(principal, 'map.delete', asset),
      share: assetPermission(principal, 'map.share', asset),
      duplicate: assetPermission(principal, 'map.duplicate', asset),
      move: movePermission(principal, asset),
      publish: assetPermission(principal, 'map.publish-updates', asset),
    },
  }
}

/** One map in this version of it. */
export function describeMap(
  principal: Principal,
  map: MapRecord,
  version: MapVersion,
  marks: Marks,
  baseUrl: string,
): MapDetail {
  const { document, revision } = version
  const listed: ListedMap = {
    ...map,
    title: document.title,
    description: document.description,
    publishedAt: map.published?.updatedAt ?? null,
    isAhead: map.published?.revision !== map.draft.revision,
    updatedAt: version.updatedAt,
    layerCount: document.keplerMapConfig.config.visState.layers.length,
    connectionNames: [...new Set(document.datasets.map((dataset) => dataset.connectionName))].sort(),
    ...marks,
  }
  const isPublic = map.audience.public
  const isEditor = can(principal, 'map.update', mapAsset(map)).allowed
  return {
    ...summarizeMap(principal, listed),
    revision,
    document,
    publicUrl: isPublic ? `${baseUrl}/map/${map.id}` : null,
    embedUrl: isPublic ? `${baseUrl}/embed/${map.id}` : null,
    publishedBy: isEditor ? (map.published?.by ?? null) : null,
    // Who neither edits nor meets it is told nothing of what is not in force.
    hasPassword: isEditor ? map.hasPassword : mapAsset(map).isLocked,
  }
}
