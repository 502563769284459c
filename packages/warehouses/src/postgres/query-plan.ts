/** A node of what EXPLAIN (FORMAT JSON, VERBOSE) answers, as far as it is read here. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly Schema?: string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Recheck Cond'?: string
  readonly Filter?: string
  readonly 'Plan Rows'?: number
  readonly Plans?: readonly PlanNode[]
}

/** The node and all below it. */
export function* walkPlan(node: PlanNode): Generator<PlanNode> {
  yield node
  for (const child of node.Plans ?? []) yield* walkPlan(child)
}

/** The tables that a plan reads. */
export function listRelations(plan: PlanNode): readonly { readonly schema: string; readonly name: string }[] {
  return [...walkPlan(plan)].flatMap(({ Schema: schema, 'Relation Name': name }) =>
    schema !== undefined && name !== undefined ? [{ schema, name }] : [],
  )
}
