// npm run setup:test: installs the programs that the tests drive, ahead of time.
import { requireNode, say } from './checkout.mjs'
import { ALL_PROGRAMS, ensurePrograms } from './test-programs.mjs'

requireNode()
ensurePrograms(ALL_PROGRAMS)
say(`All there: ${ALL_PROGRAMS.join(', ')}.`)
