import type { CustomizationService } from '../../customization/customization-service.ts'
import type { SettingsSection } from '../section.ts'

/** What is expected of who may do what; asked about by a test, and otherwise without effect. */
export function expectedAccessSection(customizations: CustomizationService): SettingsSection<'expectedAccess'> {
  return {
    name: 'expectedAccess',
    action: 'settings.manage',
    read: async (organizationId, transaction) => [
      ...(await customizations.read(organizationId, transaction)).expectedAccess,
    ],
    async plan(_transaction, { next }) {
      const problems = next.flatMap(({ person, role, group, action }) => {
        const named = [person, role, group].filter((subject) => subject !== undefined)
        return named.length === 1 ? [] : [`The expectation about ${action} must name one of person, role and group.`]
      })
      return { effects: [], problems }
    },
    async apply(transaction, { next, ...change }) {
      await customizations.saveExpectedAccess(transaction, change, next)
      return null
    },
  }
}
