/** A stretch of a statement that was copied from a person's own SQL. */
export interface OriginSpan {
  /** First character in the statement, counted from 0. */
  readonly at: number
  readonly length: number
  /** First character in the person's text, counted from 0. */
  readonly from: number
}

/** SQL text with numbered placeholders and the values bound to them. Values never become text. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Where a person's own SQL stands in the text, so that an error's position can be told in their words. */
  readonly origin?: { readonly text: string; readonly spans: readonly OriginSpan[] }
  /** Run instead when the warehouse cannot project the area that was asked for; slower, never wrong. */
  readonly fallback?: Statement
}

/** A statement and the pure function that turns its rows into an answer. */
export interface Compiled<Answer> {
  readonly statement: Statement
  readonly read: (rows: readonly Record<string, unknown>[]) => Answer
}
