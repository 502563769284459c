const ERROR_LEVELS: readonly unknown[] = ['error', 'fatal']

/**
 * Lines of a server's output that tell of a defect: log records of level error or worse, stack traces, and warnings
 * of the runtime. Refusing a bad request is no defect and must not be logged as one.
 */
export function findLogProblems(output: string): readonly string[] {
  return output.split('\n').filter((line) => {
    const record = parseRecord(line)
    if (record) return ERROR_LEVELS.includes(record.level)
    return /^\s+at .+:\d+:\d+\)?$|UnhandledPromise|uncaughtException|DeprecationWarning|MaxListenersExceeded|^FATAL|^ERROR/.test(
      line,
    )
  })
}

function parseRecord(line: string): { readonly level?: unknown } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as { readonly level?: unknown }
  } catch {
    return undefined
  }
}
