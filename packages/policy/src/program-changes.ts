import type { Action } from './actions.ts'
import { tokenApisFor } from './api-matrix.ts'
import type { Asset } from './assets.ts'
import type { Flip } from './explain.ts'
import { EVERYTHING } from './grants.ts'
import type { AnonymousPrincipal, PublicMapPrincipal, TokenPrincipal } from './principal.ts'

type Program = TokenPrincipal | PublicMapPrincipal | AnonymousPrincipal

/** A single change of what somebody without a role holds, or of the asset. */
export interface ProgramChange {
  readonly flip: Flip
  readonly program: Program
  readonly changed: Asset | undefined
}

/** Every single change that could matter to a token, to the link of a map or to a visitor. */
export function listProgramChanges(program: Program, action: Action, asset: Asset | undefined): ProgramChange[] {
  return [...listTokenChanges(program, action, asset), ...listLinkChanges(program, asset)]
}

/** What the owner of a token decides about it. */
function listTokenChanges(program: Program, action: Action, asset: Asset | undefined): ProgramChange[] {
  if (program.kind !== 'token' || asset?.kind !== 'connection') return []
  const { allowedApis, grants } = program
  const others = grants.filter((grant) => !asset.names.includes(grant.connection_name))
  const isGranted = others.length < grants.length
  const [name = ''] = asset.names
  const changed = isGranted ? others : [...grants, { connection_name: name, source: EVERYTHING }]
  const apis = (tokenApisFor(action) ?? []).map((api): ProgramChange => {
    const isAllowed = allowedApis.includes(api)
    const next = isAllowed ? allowedApis.filter((each) => each !== api) : [...allowedApis, api]
    const flip: Flip = { change: 'api', api, to: !isAllowed }
    return { flip, program: { ...program, allowedApis: next }, changed: asset }
  })
  const granted: ProgramChange = {
    flip: { change: 'grant', to: !isGranted },
    program: { ...program, grants: changed },
    changed: asset,
  }
  return [granted, ...apis]
}

/** What the owner of a map decides about its public link. */
function listLinkChanges(program: Program, asset: Asset | undefined): ProgramChange[] {
  if (asset?.kind !== 'map') return []
  const { audience, isLocked } = asset
  return [
    {
      flip: { change: 'audience', audience: 'public', to: !audience.public },
      program,
      changed: { ...asset, audience: { ...audience, public: !audience.public } },
    },
    { flip: { change: 'password', to: !isLocked }, program, changed: { ...asset, isLocked: !isLocked } },
  ]
}
