import type { MapSummary } from '@graticule/contract'
import { IconEyeOff, IconLockPassword } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Tooltip } from '../../ui/index.ts'
import classes from './maps.module.css'
import { messages } from './messages.ts'

/** What is particular about how a map is shared, discreetly: its password, that no list shows it, and what waits. */
export function MapMarks({ map }: { map: MapSummary }) {
  return (
    <>
      {map.publishedWithPassword && (
        <Mark label={messages.withPassword}>
          <IconLockPassword size={14} stroke={1.6} aria-hidden />
        </Mark>
      )}
      {!map.discoverable && map.privacy !== 'private' && (
        <Mark label={messages.byAddress}>
          <IconEyeOff size={14} stroke={1.6} aria-hidden />
        </Mark>
      )}
      {map.hasUnpublishedChanges && (
        <Mark label={messages.unpublished}>
          <span className={classes.changedDot} aria-hidden />
        </Mark>
      )}
    </>
  )
}

function Mark({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <span className={classes.mark} role="img" aria-label={label}>
        {children}
      </span>
    </Tooltip>
  )
}
