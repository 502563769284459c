import type { ResourceKey } from '@graticule/contract'
import type { NamedItem } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** An asset in a list of those that something is done with. */
export function toItem({ id, resourceType, name }: ResourceKey & { readonly name: string }): NamedItem {
  return { id, text: `${messages.kind[resourceType]} “${name}”` }
}
