import { type Action, isOffered, type UserPrincipal } from '@graticule/policy'
import {
  IconApps,
  IconCode,
  IconDatabase,
  IconFolder,
  IconHome,
  IconMap2,
  IconPlugConnected,
  IconSchema,
  IconSettings,
} from '@tabler/icons-react'
import { messages } from './messages.ts'

/** The sections of the workspace, in the order of the rail. */
const SECTIONS = [
  { id: 'home', to: '/', icon: IconHome, needs: null },
  { id: 'maps', to: '/maps', icon: IconMap2, needs: 'map.read' },
  { id: 'workflows', to: '/workflows', icon: IconSchema, needs: 'workflow.read' },
  { id: 'projects', to: '/projects', icon: IconFolder, needs: 'project.read' },
  { id: 'data', to: '/data', icon: IconDatabase, needs: 'data.browse' },
  { id: 'applications', to: '/applications', icon: IconApps, needs: 'application.read' },
  { id: 'connections', to: '/connections', icon: IconPlugConnected, needs: 'connection.use' },
  { id: 'developers', to: '/developers', icon: IconCode, needs: 'token.create' },
  { id: 'settings', to: '/settings', icon: IconSettings, needs: null },
] as const satisfies readonly { id: keyof typeof messages.sections; needs: Action | null; [key: string]: unknown }[]

/** A section with its words. */
export type Section = (typeof SECTIONS)[number] & { readonly label: string }

/** The sections that somebody has; the others are absent, not greyed. */
export function sectionsFor(user: Pick<UserPrincipal, 'role' | 'support' | 'viewedBy'>): readonly Section[] {
  return SECTIONS.filter(({ needs }) => needs === null || isOffered(user, needs)).map((section) => ({
    ...section,
    label: messages.sections[section.id],
  }))
}
