import type { WorkspaceClient } from './workspace-client.ts'

/**
 * Deletes a connection and the maps whose words are found by `search`. Whoever opens a list after a test whose warehouse
 * has gone would be told that it does not answer.
 */
export async function takeAway(client: WorkspaceClient, search: string, connection: string): Promise<void> {
  const { maps } = await client.call<{ maps: { id: string }[] }>('GET', `/workspace-api/maps?search=${search}`)
  for (const { id } of maps) await client.call('DELETE', `/workspace-api/maps/${id}`)
  await client.call('DELETE', `/v3/connections/${connection}`)
}
