import { openDatabase } from '../database.ts'
import { migrateDatabase } from '../migrate.ts'

// A start of the server as far as its store is concerned, for tests that start several at once.

const url = process.argv[2]
if (!url) throw new Error('Say which database to migrate.')
const store = openDatabase(url)
await migrateDatabase(store)
await store.destroy()
