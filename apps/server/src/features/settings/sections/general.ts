import type { GeneralSettings } from '@graticule/contract'
import type { OrganizationService, OrganizationUpdate } from '../../organizations/organization-service.ts'
import type { SettingsSection } from '../section.ts'

/** The organization's name and what it decides about all of its people. */
export function generalSection(organizations: OrganizationService): SettingsSection<'general'> {
  return {
    name: 'general',
    action: 'organization.update',
    read: (organizationId, transaction) => organizations.readSettings(organizationId, transaction),
    plan: (transaction, { organizationId, next }) =>
      organizations.planUpdate(transaction, organizationId, toUpdate(next)),
    async apply(transaction, { next, ...change }) {
      await organizations.applyUpdate(transaction, change, toUpdate(next))
      return null
    },
  }
}

function toUpdate({ sessionIdleMinutes, sessionAbsoluteMinutes, ...rest }: GeneralSettings): OrganizationUpdate {
  return { ...rest, sessionLength: { idleMinutes: sessionIdleMinutes, absoluteMinutes: sessionAbsoluteMinutes } }
}
