import { Link } from '@tanstack/react-router'
import { Anchor, Badge, Tooltip } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Whether the draft or the published version is shown to somebody who may see both, and the way to the other. */
export function VersionSwitch({ mapId, version }: { mapId: string; version: 'published' | undefined }) {
  const isDraft = version === undefined
  return (
    <>
      <Tooltip label={isDraft ? messages.draftHelp : messages.publishedHelp} multiline maw={260}>
        <Badge color={isDraft ? 'gray' : 'accent'} tabIndex={0}>
          {isDraft ? messages.draft : messages.published}
        </Badge>
      </Tooltip>
      <Anchor
        size="xs"
        renderRoot={(root) => (
          <Link to="/map/$mapId" params={{ mapId }} search={isDraft ? { version: 'published' } : {}} {...root} />
        )}
      >
        {isDraft ? messages.openPublished : messages.openDraft}
      </Anchor>
    </>
  )
}
