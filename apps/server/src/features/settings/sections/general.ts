import { AppError, type GeneralSettings } from '@graticule/contract'
import type { OrganizationService } from '../../organizations/organization-service.ts'
import type { UserService } from '../../users/user-service.ts'
import type { Effect, SettingsSection } from '../section.ts'

/** The organization's name and what it decides about all of its people. */
export function generalSection(organizations: OrganizationService, users: UserService): SettingsSection<'general'> {
  return {
    name: 'general',
    action: 'organization.update',
    read: (organizationId, transaction) => organizations.readSettings(organizationId, transaction),
    async plan(transaction, { organizationId, current, next }) {
      const effects = describe(current, next)
      if (next.secondFactorRequired && !current.secondFactorRequired) {
        for (const name of await users.listNamesWithPasswordAlone(transaction, organizationId)) {
          effects.push({ kind: 'loss', name, sentence: 'Must set up a second factor before they get in again.' })
        }
      }
      return { effects, problems: findProblems(organizations, next) }
    },
    async apply(transaction, { next, ...change }) {
      const { sessionIdleMinutes: idleMinutes, sessionAbsoluteMinutes: absoluteMinutes, ...rest } = next
      await organizations.applyUpdate(transaction, change, { ...rest, sessionLength: { idleMinutes, absoluteMinutes } })
      return null
    },
  }
}

function describe(current: GeneralSettings, next: GeneralSettings): Effect[] {
  const effects: Effect[] = []
  const note = (kind: Effect['kind'], sentence: string) => effects.push({ kind, name: null, sentence })
  if (current.name !== next.name) note('change', `The organization is called "${next.name}".`)
  if (current.defaultRole !== next.defaultRole) {
    note('change', `People who come without an invitation get the role ${next.defaultRole}.`)
  }
  if (current.secondFactorRequired && !next.secondFactorRequired) note('gain', 'A password alone is enough to get in.')
  if (current.takesJoinRequests !== next.takesJoinRequests) {
    if (next.takesJoinRequests) note('gain', 'Anybody may ask to join.')
    else note('loss', 'Nobody can ask to join any more.')
  }
  const isLengthChanged =
    current.sessionIdleMinutes !== next.sessionIdleMinutes ||
    current.sessionAbsoluteMinutes !== next.sessionAbsoluteMinutes
  if (isLengthChanged) note('change', 'Everybody’s sessions last as long as the document says.')
  return effects
}

function findProblems(organizations: OrganizationService, next: GeneralSettings): string[] {
  try {
    const { sessionIdleMinutes: idleMinutes, sessionAbsoluteMinutes: absoluteMinutes } = next
    organizations.checkSessionLength({ idleMinutes, absoluteMinutes })
    return []
  } catch (error) {
    if (error instanceof AppError) return [error.message]
    throw error
  }
}
