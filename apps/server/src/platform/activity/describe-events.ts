import { EVENT_TYPES } from './event-types.ts'

/** The reference of all events, as `docs/events.md` holds it. */
export function describeEvents(): string {
  const rows = Object.entries(EVENT_TYPES).map(([type, { carto, outcome, says }]) => {
    const about = outcome === undefined ? '' : ` (${outcome})`
    return `| \`${type}\` | ${says}${about} | ${carto ?? ''} |`
  })
  return [
    '# Events of the activity log',
    '',
    'Made of `apps/server/src/platform/activity/event-types.ts` by `npm run bless`; [activity.md](activity.md)',
    'says what an event consists of. The last column is the name in exports of the shape that CARTO has; a type without one',
    'goes by its own name there.',
    '',
    '| Type | What happened | In exports |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
