// npm test [lane …]: installs what is missing and runs the lanes one after the other. Everything after `--` goes to
// Vitest. The last line counts the tests of all lanes together.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { ensurePackages, ensureWebApp, findNode, leave, ROOT, requireNode, say, secondsSince } from './checkout.mjs'
import { DEFAULT_LANES, LANES } from './lanes.mjs'
import { ensurePrograms } from './test-programs.mjs'

requireNode()
const { lanes, vitestArguments } = readArguments(process.argv.slice(2))
ensurePackages()
const node = findNode()
ensurePrograms([...new Set(lanes.flatMap((lane) => LANES[lane].needs))])
if (lanes.some((lane) => LANES[lane].needsWebApp)) ensureWebApp(node)

const results = lanes.map(runLane)
for (const { lane, passed, failed, skipped, duration } of results) {
  say(`${lane}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''} in ${duration}`)
}
for (const failure of results.flatMap((result) => result.failures)) say(`failed: ${failure}`)
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
say(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)

function runLane(lane) {
  say(`\n${lane}: ${LANES[lane].purpose}`)
  const startedAt = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'graticule-results-'))
  const report = join(folder, 'results.json')
  try {
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { status } = spawnSync(node, [vitest, 'run', ...LANES[lane].vitest, ...reporters, ...vitestArguments], {
      cwd: ROOT,
      // Programs that tests start find the same Node.
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return { lane, duration: secondsSince(startedAt), ...countResults(report, status === 0) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A lane that ends badly without a failed test (a file that does not load, an error after the tests) counts as one. */
function countResults(report, isSuccess) {
  if (!existsSync(report))
    return { passed: 0, failed: 1, skipped: 0, failures: ['the lane itself, which left no report'] }
  const results = JSON.parse(readFileSync(report, 'utf8'))
  const skipped = results.numPendingTests + results.numTodoTests
  const isFiltered = vitestArguments.some((argument) => argument.startsWith('-t'))
  // Nothing is skipped in silence: a skipped test is a failed run, unless names were asked for.
  const failed = results.numFailedTests + (isFiltered ? 0 : skipped)
  return {
    passed: results.numPassedTests,
    failed: isSuccess ? failed : Math.max(failed, 1),
    skipped,
    failures: nameFailures(results),
  }
}

/** One line for each failed test or file: hours of output lie between a failure and the end, which may be all that is kept. */
function nameFailures(results) {
  return results.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name)
    const failedTests = assertionResults.filter((test) => test.status === 'failed')
    if (failedTests.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : []
    return failedTests.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`)
  })
}

function firstLine(text) {
  return (text ?? '').split('\n', 1)[0].slice(0, 300)
}

function readArguments(args) {
  const end = args.indexOf('--')
  const names = end === -1 ? args : args.slice(0, end)
  const unknown = names.filter((name) => !Object.hasOwn(LANES, name))
  if (unknown.length > 0) {
    leave(`There is no lane ${unknown.join(', ')}. The lanes are ${Object.keys(LANES).join(', ')}.`)
  }
  return { lanes: names.length > 0 ? names : DEFAULT_LANES, vitestArguments: end === -1 ? [] : args.slice(end + 1) }
}
