import type { SectionName, SectionValue, SettingsEffect } from '@graticule/contract'
import type { Action } from '@graticule/policy'
import type { OrganizationChange } from '../../platform/activity/organization-change.ts'
import type { Store } from '../../platform/db/database.ts'

/** What became of somebody or something, as a section tells it. */
export type Effect = Omit<SettingsEffect, 'section'>

/** What a change of a section would do, and why it cannot be made. */
export interface SectionPlan {
  readonly effects: readonly Effect[]
  readonly problems: readonly string[]
}

/** A section as it is and as it is to be. */
export interface SectionChange<Value> {
  readonly organizationId: string
  readonly current: Value
  readonly next: Value
}

/** What is left to do once the transaction of a change has ended. */
export type AfterChange = () => Promise<void>

/** One part of the settings document: how it is read, what a change of it would do, and how it is changed. */
export interface SettingsSection<Name extends SectionName = SectionName> {
  readonly name: Name
  /** What it takes to change the section, beyond the right to the document. */
  readonly action: Action
  read(organizationId: string, transaction: Store): Promise<SectionValue<Name>>
  /** The value as `read` would answer it once it is applied. Absent where that is the value itself. */
  fingerprint?(next: SectionValue<Name>): SectionValue<Name>
  /** Makes whoever could interfere wait, before anything is decided. Absent where the organization's lock is enough. */
  hold?(organizationId: string, transaction: Store, next: SectionValue<Name>): Promise<void>
  plan(transaction: Store, change: SectionChange<SectionValue<Name>>): Promise<SectionPlan>
  /** Called with a change that has no problems. */
  apply(transaction: Store, change: SectionChange<SectionValue<Name>> & OrganizationChange): Promise<AfterChange | null>
}

/** A section of any name, for those who treat all alike. */
export interface AnySection extends Pick<SettingsSection, 'name' | 'action' | 'read'> {
  fingerprint?(next: unknown): unknown
  hold?(organizationId: string, transaction: Store, next: unknown): Promise<void>
  plan(transaction: Store, change: SectionChange<unknown>): Promise<SectionPlan>
  apply(transaction: Store, change: SectionChange<unknown> & OrganizationChange): Promise<AfterChange | null>
}
