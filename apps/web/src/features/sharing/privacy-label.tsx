import type { Privacy, SharingDetail } from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { Group, Tooltip } from '../../ui/index.ts'
import { choiceOf } from './audience-choice.ts'
import { AUDIENCE_ICONS } from './audience-icons.ts'
import { privacyMessages } from './messages.ts'

/** Who can see an asset, as an icon and a word; the whole sentence on hover. */
export function PrivacyLabel(props: {
  asset: { readonly privacy: Privacy; readonly sharingScope: SharingDetail['sharingScope'] }
  kind: ShareableKind
}) {
  const choice = choiceOf(props.asset.privacy, props.asset.sharingScope)
  const Icon = AUDIENCE_ICONS[choice]
  return (
    <Tooltip label={privacyMessages.sentence[props.kind][choice]}>
      <Group gap={4} wrap="nowrap" component="span" style={{ display: 'inline-flex', verticalAlign: 'bottom' }}>
        <Icon size={14} stroke={1.6} aria-hidden />
        <span>{privacyMessages.label[choice]}</span>
      </Group>
    </Tooltip>
  )
}
