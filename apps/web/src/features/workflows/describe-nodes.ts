import type { WorkflowDocument } from '@graticule/contract'

/** A node of a workflow as a reader of lists wants it. */
export interface NodeFacts {
  readonly id: string
  readonly name: string
  readonly component: string
  readonly kind: string
}

/** The nodes of a document, by whatever of their names and kinds the document tells. */
export function describeNodes({ nodes }: WorkflowDocument): NodeFacts[] {
  return nodes.map((node, index) => {
    const data = typeof node.data === 'object' && node.data !== null ? (node.data as Record<string, unknown>) : {}
    const component = textOf(data.name) ?? '–'
    return {
      // Documents come from elsewhere: an id may be missing or stand twice.
      id: `${index}:${textOf(node.id) ?? ''}`,
      name: textOf(data.title) ?? textOf(data.label) ?? component,
      component,
      kind: textOf(node.type) ?? '–',
    }
  })
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}
