import {
  type AccessTestReport,
  SETTINGS_DOCUMENT_VERSION,
  type SectionName,
  type SectionValue,
  type SettingsApplyBody,
  type SettingsPlan,
  type SettingsText,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const SETTINGS = '/workspace-api/settings'
export type SettingsFormat = 'yaml' | 'json'

/** All settings of the organization as one document, with the revision of each section. */
export function settingsQuery(format: SettingsFormat = 'yaml') {
  return queryOptions({
    queryKey: ['settings', format],
    queryFn: ({ signal }) => sendRequest<SettingsText>(SETTINGS, { query: { format }, signal }),
  })
}

/** What a document would change, and who gains or loses what; changes nothing. */
export function planSettings(text: string, signal: AbortSignal): Promise<SettingsPlan> {
  return sendRequest(`${SETTINGS}/plan`, { method: 'POST', body: { text }, signal })
}

export function applySettings(body: SettingsApplyBody): Promise<SettingsPlan> {
  return sendRequest(`${SETTINGS}/apply`, { method: 'POST', body })
}

/** Whether people may do what the document expects of them. */
export function testSettings(text: string): Promise<AccessTestReport> {
  return sendRequest(`${SETTINGS}/test`, { method: 'POST', body: { text } })
}

/** A document that says one section and leaves the others as they are. */
export function documentOf<Name extends SectionName>(name: Name, value: SectionValue<Name>): string {
  return JSON.stringify({ version: SETTINGS_DOCUMENT_VERSION, [name]: value })
}
