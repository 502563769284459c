import { describeInventory, readInventory } from '../platform/inventory/describe-inventory.ts'
import { listHome } from '../platform/inventory/home-contents.ts'

export const INVENTORY_USAGE = 'npm run cli -- data-inventory [--json]'

/**
 * Prints every place that can hold what is a customer's, and what lies in the home folder now. Needs no store, so that
 * it works beside a server. The exit code is 1 when something lies there that nobody has named.
 */
export async function runDataInventory(
  words: readonly string[],
  home: string,
  print: (text: string) => void,
): Promise<number> {
  const entries = await listHome(home)
  const code = entries.some(({ place }) => place === null) ? 1 : 0
  if (words.includes('--json')) {
    print(`${JSON.stringify({ ...readInventory(), home: entries }, null, 2)}\n`)
    return code
  }
  const lines = entries.map(({ bytes, name, place }) => `  ${name}: ${place ?? 'not in the inventory'}, ${bytes} bytes`)
  print(`${describeInventory()}\n\nIn ${home} now\n\n${lines.length > 0 ? lines.join('\n') : '  nothing'}\n`)
  return code
}

/** Whether the words are this command. */
export function isDataInventory([subject, ...options]: readonly string[]): boolean {
  return subject === 'data-inventory' && options.every((option) => option === '--json')
}
