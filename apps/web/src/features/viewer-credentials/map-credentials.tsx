import type { MapDocument } from '@graticule/contract'
import { IconKey, IconLock, IconLogin2 } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { myCredentialsQuery } from '../../api/my-credentials.ts'
import { groupRefusals, type NeededLogin, type RefusedPart } from '../../map/credential-refusal.ts'
import type { TileProgress } from '../../map/tile-monitor.ts'
import type { LiveMap } from '../../map/use-live-map.ts'
import { Button } from '../../ui/index.ts'
import { AddCredentialsButton } from './add-credentials-button.tsx'
import { useAskCredentials } from './ask-credentials.tsx'
import classes from './map-credentials.module.css'
import { messages } from './messages.ts'

/** What a map lacks for want of a login of one's own, a line for each connection; and with whose login it is read else. */
export function MapCredentials(props: {
  document: MapDocument
  live: LiveMap
  progress: Readonly<Record<string, TileProgress>>
}) {
  const { document, live, progress } = props
  const ask = useAskCredentials()
  const names = [...new Set(document.datasets.map(({ connectionName }) => connectionName))]
  const mine = useQueries({
    queries: names.map((name) => ({
      ...myCredentialsQuery(name),
      // Where the map itself cannot be read for another reason, such as a connection that is gone, neither can this.
      enabled: ask !== null && isReachable(document, live, name),
    })),
  }).flatMap(({ data }) => (data?.needed ? [data] : []))
  const { needed, closed, signIn } = groupRefusals(refusedParts(document, live, progress))
  // Widgets may read from a connection that no layer draws from.
  const unseen = mine.flatMap(({ connectionId, connectionName, state }): NeededLogin[] =>
    state === 'valid' || needed.some((each) => each.connectionId === connectionId)
      ? []
      : [{ connectionId, connectionName, state, labels: [] }],
  )
  const read = mine.filter(
    ({ connectionId, state }) => state === 'valid' && !needed.some((each) => each.connectionId === connectionId),
  )
  if (needed.length + unseen.length + closed.length + signIn.length + read.length === 0) return null
  return (
    <section className={classes.list} aria-label={messages.banner}>
      {closed.map((sentence) => (
        <div key={sentence} className={classes.line} role="status">
          <IconLock size={16} className={classes.icon} aria-hidden />
          <span className={classes.text}>{sentence}</span>
        </div>
      ))}
      {signIn.map(({ sentence, signInPath }) => (
        <div key={sentence} className={classes.line} role="status">
          <IconKey size={16} className={classes.icon} aria-hidden />
          <span className={classes.text}>{sentence}</span>
          {signInPath !== null && <SignInAgain path={signInPath} />}
        </div>
      ))}
      {[...needed, ...unseen].map(({ connectionId, connectionName, labels, state }) => (
        <div key={connectionId} className={classes.line} role="status">
          <IconKey size={16} className={classes.icon} aria-hidden />
          <span className={classes.text}>
            <strong>{messages.needed[state](connectionName)}</strong>
            <span>{messages.notShown(labels)}</span>
          </span>
          <AddCredentialsButton connection={connectionName} size="compact-sm" />
        </div>
      ))}
      {read.map(({ connectionId, connectionName, loginName }) => (
        <Button
          key={connectionId}
          variant="default"
          size="compact-sm"
          leftSection={<IconKey size={14} />}
          aria-label={messages.changeFor(connectionName, loginName ?? '')}
          title={messages.valid(loginName ?? '')}
          onClick={() => ask?.(connectionName)}
        >
          {messages.readsAs(connectionName, loginName ?? '')}
        </Button>
      ))}
    </section>
  )
}

/** Leads to the identity provider and back to this page, where the session that begins there takes the place of this one. */
function SignInAgain({ path }: { path: string }) {
  const target = `${window.location.pathname}${window.location.search}`
  return (
    <Button
      component="a"
      href={`${path}?target=${encodeURIComponent(target)}`}
      size="compact-sm"
      leftSection={<IconLogin2 size={14} />}
    >
      {messages.signInAgain}
    </Button>
  )
}

function isReachable({ datasets }: MapDocument, live: LiveMap, connectionName: string): boolean {
  return datasets
    .filter((dataset) => dataset.connectionName === connectionName)
    .some(({ id }) => {
      const state = live.datasets.get(id)
      return state === undefined || state.source !== null || state.refusal?.kind === 'needed'
    })
}

/** The layers that are not drawn for want of a login. */
function refusedParts(
  document: MapDocument,
  live: LiveMap,
  progress: Readonly<Record<string, TileProgress>>,
): readonly RefusedPart[] {
  return document.keplerMapConfig.config.visState.layers.flatMap(({ config, id }) => {
    const refusal = live.datasets.get(config.dataId)?.refusal ?? progress[id]?.refusal ?? null
    return refusal === null ? [] : [{ label: config.label, refusal }]
  })
}
