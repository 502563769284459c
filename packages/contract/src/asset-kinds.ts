/** The kinds of asset that can be shared, in the order in which they are told. */
export const SHAREABLE_ASSET_KINDS = ['map', 'connection', 'workflow', 'application', 'project'] as const
/** The kinds that a superadmin manages whoever owns them. */
export const MANAGED_ASSET_KINDS = [...SHAREABLE_ASSET_KINDS, 'token', 'oauth-client'] as const
/** The kinds that one comes to by a link, and may ask their owner for. */
export const REQUESTABLE_ASSET_KINDS = ['map', 'workflow', 'application', 'project'] as const
export type RequestableKind = (typeof REQUESTABLE_ASSET_KINDS)[number]
/** The kinds that people keep at hand, and handle many at once. */
export const LIBRARY_ASSET_KINDS = ['map', 'workflow', 'application'] as const
/** The kinds that rest in the trash after they were deleted. */
export const TRASHABLE_ASSET_KINDS = [...LIBRARY_ASSET_KINDS, 'project', 'named-source'] as const
/** The kinds that people make and open in the workspace: what can be tagged, and what is remembered as opened. */
export const DOCUMENT_ASSET_KINDS = ['map', 'workflow'] as const
export type DocumentKind = (typeof DOCUMENT_ASSET_KINDS)[number]
