/** SQL text with numbered placeholders and the values bound to them. Values never become text. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** A statement and the pure function that turns its rows into an answer. */
export interface Compiled<Answer> {
  readonly statement: Statement
  readonly read: (rows: readonly Record<string, unknown>[]) => Answer
}
