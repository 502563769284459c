import { IconBuilding, IconLock, IconUsers, IconWorld } from '@tabler/icons-react'

/** The icon of each way to share. */
export const AUDIENCE_ICONS = {
  private: IconLock,
  organization: IconBuilding,
  specific: IconUsers,
  public: IconWorld,
} as const
