import type { MapSummary, Privacy, SharingDetail } from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { IconFolder } from '@tabler/icons-react'
import { Tooltip } from '../../ui/index.ts'
import { choiceOf } from './audience-choice.ts'
import { AUDIENCE_ICONS } from './audience-icons.ts'
import { privacyMessages } from './messages.ts'
import classes from './privacy-label.module.css'

/** Who can see an asset, as an icon and a word; the whole sentence on hover. */
export function PrivacyLabel(props: {
  asset: {
    readonly privacy: Privacy
    readonly sharingScope: SharingDetail['sharingScope']
    /** The projects that give it to others; absent for what is in no project. */
    readonly sharedThrough?: MapSummary['sharedThrough']
  }
  kind: ShareableKind
}) {
  const { privacy, sharingScope, sharedThrough = [] } = props.asset
  const choice = choiceOf(privacy, sharingScope)
  const sentence = privacyMessages.sentence[props.kind][choice]
  const names = sharedThrough.flatMap(({ name }) => name ?? [])
  const isGiven = sharedThrough.length > 0
  if (isGiven && choice === 'private') {
    return (
      <Label
        icon={IconFolder}
        sentence={privacyMessages.throughSentence(names)}
        text={privacyMessages.through(names)}
      />
    )
  }
  return (
    <Label
      icon={AUDIENCE_ICONS[choice]}
      sentence={isGiven ? `${sentence} ${privacyMessages.also(names)}` : sentence}
      text={privacyMessages.label[choice]}
    />
  )
}

function Label(props: { icon: typeof IconFolder; sentence: string; text: string }) {
  return (
    <Tooltip label={props.sentence} multiline maw={320}>
      <span className={classes.label}>
        <props.icon size={14} stroke={1.6} aria-hidden />
        <span className={classes.text}>{props.text}</span>
      </span>
    </Tooltip>
  )
}
