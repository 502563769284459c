/** What can be undone and redone: whole states, which share everything that did not change. */
export interface UndoLog<State> {
  readonly present: State
  readonly past: readonly UndoEntry<State>[]
  readonly future: readonly UndoEntry<State>[]
}

interface UndoEntry<State> {
  readonly state: State
  /** Edits with the same key in a row are one step, so that dragging a slider is undone at once. */
  readonly mergeKey: string | null
}

/** Steps kept; each costs only what it changed. */
const MAX_STEPS = 200

/** Starts a log in which nothing can be undone. */
export function startUndoLog<State>(present: State): UndoLog<State> {
  return { present, past: [], future: [] }
}

/** Records a new state; the same log when nothing changed. `mergeKey` joins it to the edit before, if that had it too. */
export function recordState<State>(log: UndoLog<State>, next: State, mergeKey: string | null = null): UndoLog<State> {
  if (next === log.present) return log
  const last = log.past.at(-1)
  const isSameStep = mergeKey !== null && last?.mergeKey === mergeKey && log.future.length === 0
  const past = isSameStep ? log.past : [...log.past, { state: log.present, mergeKey }].slice(-MAX_STEPS)
  return { present: next, past, future: [] }
}

/** Changes the present without a step of its own: undo goes back past both. */
export function amendState<State>(log: UndoLog<State>, next: State): UndoLog<State> {
  return next === log.present ? log : { ...log, present: next, future: [] }
}

/** Ends the current step: the next edit is a step of its own whatever its key. */
export function sealStep<State>(log: UndoLog<State>): UndoLog<State> {
  const last = log.past.at(-1)
  if (!last || last.mergeKey === null) return log
  return { ...log, past: [...log.past.slice(0, -1), { ...last, mergeKey: null }] }
}

/** Goes one step back; the same log at the beginning. */
export function undo<State>(log: UndoLog<State>): UndoLog<State> {
  const last = log.past.at(-1)
  if (!last) return log
  return {
    present: last.state,
    past: log.past.slice(0, -1),
    future: [{ state: log.present, mergeKey: null }, ...log.future],
  }
}

/** Goes one step forward again; the same log at the end. */
export function redo<State>(log: UndoLog<State>): UndoLog<State> {
  const [next, ...rest] = log.future
  if (!next) return log
  return { present: next.state, past: [...log.past, { state: log.present, mergeKey: null }], future: rest }
}
