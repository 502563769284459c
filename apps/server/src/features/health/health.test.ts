import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../platform/db/database.ts'
import { HealthService } from './health-service.ts'

// Nothing listens on port 1.
const away = openDatabase('postgresql://nobody@127.0.0.1:1/none')
afterAll(() => away.destroy())

test('a server whose metadata store is away, or whose start is not complete, is not ready, and names which', async () => {
  const gates = [
    { name: 'start', isOpen: () => false },
    { name: 'demo', isOpen: async () => true },
  ]
  expect(await new HealthService(away, gates).check()).toEqual({
    isReady: false,
    checks: { metadataStore: 'unreachable', start: 'not yet', demo: 'ok' },
  })
  expect((await new HealthService(away, []).check()).isReady).toBe(false)
})
