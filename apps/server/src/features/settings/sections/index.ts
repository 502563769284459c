import type { CustomizationService } from '../../customization/customization-service.ts'
import type { GovernanceService } from '../../governance/governance-service.ts'
import type { GroupService } from '../../groups/group-service.ts'
import type { NetworkService } from '../../network/network-service.ts'
import type { OrganizationService } from '../../organizations/organization-service.ts'
import type { RoleMappingService } from '../../role-mapping/role-mapping-service.ts'
import type { UsageService } from '../../usage/usage-service.ts'
import type { UserService } from '../../users/user-service.ts'
import type { AnySection } from '../section.ts'
import { basemapsSection } from './basemaps.ts'
import { brandingSection } from './branding.ts'
import { expectedAccessSection } from './expected-access.ts'
import { generalSection } from './general.ts'
import { governanceSection } from './governance.ts'
import { markersSection } from './markers.ts'
import { networkSection } from './network.ts'
import { palettesSection } from './palettes.ts'
import { roleMappingSection } from './role-mapping.ts'
import { usageSection } from './usage.ts'

/** What sections are made from. */
export interface SectionServices {
  readonly organizations: OrganizationService
  readonly roleMapping: RoleMappingService
  readonly customizations: CustomizationService
  readonly governance: GovernanceService
  readonly groups: GroupService
  readonly network: NetworkService
  readonly usage: UsageService
  readonly users: UserService
}

/** Every section of the settings document, in the order in which it is written and applied. */
export function createSections(services: SectionServices): readonly AnySection[] {
  const { organizations, roleMapping, customizations, governance, groups, network, usage, users } = services
  return [
    generalSection(organizations),
    roleMappingSection(roleMapping, users),
    governanceSection(governance, groups),
    networkSection(network),
    usageSection(usage, groups, users),
    brandingSection(customizations),
    palettesSection(customizations),
    basemapsSection(customizations),
    markersSection(customizations),
    expectedAccessSection(customizations),
  ]
}
