/** Builder: one map, open for editing. */
export function BuilderPage() {
  return <main />
}
