import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { describePolicyEpochs } from '../../../testing/policy-epochs-suite.ts'
import { describeActivityChain } from '../../activity/activity-chain-suite.ts'
import { engineUrl, startEngine } from '../../engine/engine.ts'
import { describeStore, type EmptyDatabase } from './store-suite.ts'

describe('the metadata store on the embedded engine', () => describeStore(openDatabase))

describe('the activity log on the embedded engine', () => describeActivityChain(openDatabase))

describe('the policy epochs on the embedded engine', () => describePolicyEpochs(openDatabase))

async function openDatabase(): Promise<EmptyDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-store-'))
  const engine = await startEngine({
    kind: 'metadata',
    dataDir: join(home, 'metadata'),
    socketDir: join(home, 'run'),
  })
  return {
    url: engineUrl(engine.connection),
    close: async () => {
      await engine.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
