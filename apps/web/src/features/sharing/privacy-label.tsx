import type { Privacy } from '@graticule/contract'
import { IconBuilding, IconLock, IconWorld } from '@tabler/icons-react'
import { Group, Tooltip } from '../../ui/index.ts'
import { privacyMessages } from './messages.ts'

const ICONS = { private: IconLock, shared: IconBuilding, public: IconWorld } as const

/** Who can see an asset, as an icon and a word; the whole sentence on hover. */
export function PrivacyLabel({ privacy, kind }: { privacy: Privacy; kind: 'map' | 'connection' }) {
  const Icon = ICONS[privacy]
  return (
    <Tooltip label={privacyMessages.sentence[kind][privacy]}>
      <Group gap={4} wrap="nowrap" component="span" style={{ display: 'inline-flex', verticalAlign: 'bottom' }}>
        <Icon size={14} stroke={1.6} aria-hidden />
        <span>{privacyMessages.label[privacy]}</span>
      </Group>
    </Tooltip>
  )
}
