import type { MapDetail } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { mapQuery, publishMap } from '../../api/maps.ts'
import { Button, notifications, RelativeTime, Tooltip } from '../../ui/index.ts'
import { isAboutPublication } from '../publishing/publication-refusals.ts'
import { PublishUpdatesDialog } from '../publishing/publish-updates-dialog.tsx'
import classes from './builder.module.css'
import { messages } from './messages.ts'
import { useBuilderStore } from './store/builder-store.ts'

/** When readers were last shown a new version, and a button that shows them what was edited since. */
export function PublishState({ detail }: { detail: MapDetail }) {
  const queryClient = useQueryClient()
  const store = useBuilderStore()
  const [refusal, setRefusal] = useState<Error | null>(null)
  const publish = useMutation({
    mutationFn: async () => {
      await store.getState().saveNow()
      if (store.getState().save.kind !== 'saved') return null
      const saved = queryClient.getQueryData(mapQuery(detail.id).queryKey) ?? detail
      return publishMap(detail.id, saved.revision)
    },
    onSuccess: (published) => published !== null && show(published),
    onError: (error) => {
      // What the public comes to see is looked at in a dialog, and published from there.
      if (isAboutPublication(error)) return setRefusal(error)
      notifications.show({
        color: 'red',
        title: messages.publishFailed,
        message: error instanceof ApiError ? error.message : '',
      })
    },
  })
  const show = (published: MapDetail) => {
    setRefusal(null)
    queryClient.setQueryData(mapQuery(detail.id).queryKey, published)
    void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    void queryClient.invalidateQueries({ queryKey: ['maps', 'viewer', detail.id] })
    notifications.show({ message: messages.published })
  }
  const { publishedAt, publishedBy, permissions } = detail
  if (publishedAt === null) return null
  if (!detail.hasUnpublishedChanges) {
    return (
      <span className={`${classes.publishState} ${classes.hideNarrow}`}>
        {messages.publishedAt} <RelativeTime at={publishedAt} />
      </span>
    )
  }
  const { allowed, reason } = permissions.publish
  return (
    <>
      <span className={`${classes.publishState} ${classes.hideNarrow}`} role="status">
        <span className={classes.changedDot} aria-hidden />
        <span>
          {messages.unpublished}
          <span className={classes.publishedWhen}>
            {' · '}
            {messages.lastPublished(publishedBy)} <RelativeTime at={publishedAt} />
          </span>
        </span>
      </span>
      <Tooltip label={allowed ? messages.publishHelp : reason} multiline maw={280}>
        <Button
          variant="light"
          loading={publish.isPending}
          data-disabled={!allowed || undefined}
          aria-disabled={!allowed}
          onClick={() => allowed && publish.mutate()}
          className={classes.publish}
        >
          {messages.publish}
        </Button>
      </Tooltip>
      <PublishUpdatesDialog
        mapId={detail.id}
        revision={detail.revision}
        refusal={refusal}
        onPublished={show}
        onClose={() => setRefusal(null)}
      />
    </>
  )
}
