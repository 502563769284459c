/**
 * The routes for people who are signed in that are about no action of the policy, each with the reason. The list is
 * closed: a route that names neither an action nor the actions its service decides by, and does not stand here, keeps
 * the server from starting. What visitors may call, and directories with a token of their own, needs no line.
 */
export const ROUTES_WITHOUT_ACTION: Readonly<Record<string, string>> = {
  // One's own account, which no role has more of than another
  'POST /auth/password': 'Everybody changes their own password, and proves that they know the old one.',
  'GET /auth/second-factors': 'Everybody sees their own second factors.',
  'POST /auth/totp': 'Everybody sets up their own authenticator app.',
  'POST /auth/totp/confirm': 'Everybody sets up their own authenticator app.',
  'POST /auth/totp/remove': 'Everybody removes their own; that one must stay is decided by `decideFactorRemoval()`.',
  'POST /auth/recovery-codes': 'Everybody makes recovery codes of their own.',
  'POST /auth/passkeys/options': 'Everybody adds passkeys of their own.',
  'POST /auth/passkeys': 'Everybody adds passkeys of their own.',
  'POST /auth/passkeys/proof-options': 'Everybody proves with their own passkey that it is they.',
  'PATCH /auth/passkeys/:id': 'Everybody names their own passkeys; another’s is not found.',
  'POST /auth/passkeys/:id/remove':
    'Everybody removes their own; that one must stay is decided by `decideFactorRemoval()`.',
  'GET /auth/session': 'Everybody is told who they are.',
  'GET /auth/sessions': 'Everybody sees their own sessions.',
  'DELETE /auth/sessions/:id': 'Everybody ends their own sessions; another’s is not found.',
  'DELETE /auth/view-as': 'Whoever looks as somebody else may stop.',
  'PATCH /workspace-api/profile': 'Everybody changes their own name.',

  // What the workspace itself is made of
  'GET /workspace-api/customization': 'The look of the organization is for everybody in it.',
  'GET /v3/providers': 'Which warehouses this version speaks is no secret of the organization.',

  // What is listed by what one may open, or asked by whoever may not
  'GET /workspace-api/tags': 'It lists the tags of what the person may open, and nothing else.',
  'GET /workspace-api/favourites': 'It lists the person’s own, as far as they may still open them.',
  'GET /workspace-api/recents': 'It lists the person’s own, as far as they may still open them.',
  'GET /v3/access/people-counts': 'It counts for what the person may open, and leaves the rest out.',
  'GET /workspace-api/access-requests': 'It lists what is asked of the person, as the owner of something.',
  'POST /workspace-api/access-requests/:id/decline':
    'Only what is asked of the person is found, and nobody gains by it.',
  'POST /workspace-api/access-requests':
    'It is for those who have no right; the answer is the same whether there is such an asset or not.',
  'GET /v3/access/explain': 'Who may ask about whom is decided by `decideExplaining()`.',
}
