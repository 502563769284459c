import { join } from 'node:path'
import pg from 'pg'
import { startEngine } from '../engine.ts'
import { lockHome } from '../home-lock.ts'

// A small server for tests that kill one: it takes the home given as its argument, opens an engine there, commits ten
// rows, says which process the engine is, and then keeps the engine busy with a statement that takes minutes.

const home = process.argv[2]
if (!home) throw new Error('Say which home folder to use.')
lockHome(home)
const engine = await startEngine({ kind: 'metadata', dataDir: join(home, 'metadata'), socketDir: join(home, 'run') })
const client = new pg.Client({ ...engine.connection })
await client.connect()
await client.query('CREATE TABLE IF NOT EXISTS kept (id int)')
for (let id = 0; id < 10; id++) await client.query('INSERT INTO kept VALUES ($1)', [id])
const busy = client.query('SELECT count(*) FROM generate_series(1, 2000000000)')
process.send?.({ enginePid: engine.pid })
await busy
