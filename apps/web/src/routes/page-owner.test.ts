import type { SessionInfo } from '@graticule/contract'
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test } from 'vitest'
import { sessionQuery } from '../api/session.ts'
import { findPageOwner, forgetPageOwner } from './page-owner.ts'

let queryClient: QueryClient

beforeEach(() => {
  queryClient = new QueryClient()
})

test('pages stay their owner’s when the session ends below them', async () => {
  signIn('ada')
  expect((await findPageOwner(queryClient, 'enter'))?.user.id).toBe('ada')
  signIn(null)
  expect((await findPageOwner(queryClient, 'stay'))?.user.id).toBe('ada')
})

test('pages do not become somebody else’s who signs in in another tab, wherever the pointer goes', async () => {
  signIn('ada')
  await findPageOwner(queryClient, 'enter')
  signIn('bob')
  expect((await findPageOwner(queryClient, 'preload'))?.user.id).toBe('ada')
  expect((await findPageOwner(queryClient, 'stay'))?.user.id).toBe('ada')
})

test('what changed about their owner is known on the next page', async () => {
  signIn('ada')
  await findPageOwner(queryClient, 'enter')
  signIn('ada', 'Ada the second')
  expect((await findPageOwner(queryClient, 'stay'))?.user.name).toBe('Ada the second')
})

test('pages that are opened anew are whoever’s the session is', async () => {
  signIn('ada')
  await findPageOwner(queryClient, 'enter')
  forgetPageOwner(queryClient)
  signIn(null)
  expect(await findPageOwner(queryClient, 'preload')).toBeNull()
  expect(await findPageOwner(queryClient, 'enter')).toBeNull()
  signIn('bob')
  expect((await findPageOwner(queryClient, 'enter'))?.user.id).toBe('bob')
})

function signIn(id: string | null, name = id): void {
  const session = id === null ? null : { user: { id, name }, organization: { id: 'one' } }
  queryClient.setQueryData(sessionQuery.queryKey, session as SessionInfo | null)
}
