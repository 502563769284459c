import {
  DEFAULT_ROLES,
  MAPPABLE_ROLES,
  type MappableRole,
  type RoleMappingBody,
  type RoleMappingSettings,
} from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { roleMappingQuery } from '../../../api/directories.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { Button, Group, QueryView, Select, Skeleton, Stack, Switch, Text, Title } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { CustodianPicker } from './custodian-picker.tsx'
import { messages } from './messages.ts'
import { PlanDialog } from './plan-dialog.tsx'

/** Which roles follow from which groups: edited as a whole, and saved after a look at the plan. */
export function RoleMappingPanel() {
  const query = useQuery(roleMappingQuery)
  return (
    <section>
      <Title order={2}>{messages.title}</Title>
      <Text c="dimmed" mb="sm">
        {messages.intro}
      </Text>
      <QueryView
        query={query}
        queryKey={roleMappingQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={200} />}
      >
        {(settings) => <MappingForm key={JSON.stringify(settings)} settings={settings} />}
      </QueryView>
    </section>
  )
}

function MappingForm({ settings }: { settings: RoleMappingSettings }) {
  const [enabled, setEnabled] = useState(settings.enabled)
  const [defaultRole, setDefaultRole] = useState(settings.defaultRole)
  const [custodian, setCustodian] = useState(settings.custodian)
  const [roles, setRoles] = useState<ReadonlyMap<string, MappableRole | null>>(
    new Map(settings.groups.map(({ id, role }) => [id, role])),
  )
  // Undefined while the plan is closed.
  const [planned, setPlanned] = useState<RoleMappingBody | undefined>(undefined)
  const { roles: roleNames } = shellMessages
  const body: RoleMappingBody = {
    enabled,
    defaultRole,
    custodianId: custodian?.id ?? null,
    roles: [...roles].flatMap(([groupId, role]) => (role === null ? [] : [{ groupId, role }])),
  }
  return (
    <div className={classes.panel}>
      <Stack gap="md">
        <Switch
          label={messages.enabled}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <CustodianPicker custodian={custodian} onChange={setCustodian} />
        <Select
          label={messages.defaultRole}
          allowDeselect={false}
          data={DEFAULT_ROLES.map((role) => ({ value: role, label: roleNames[role] }))}
          value={defaultRole}
          onChange={(role) => setDefaultRole(DEFAULT_ROLES.find((candidate) => candidate === role) ?? defaultRole)}
        />
        <div>
          <Text fw={500} mb={4}>
            {messages.groups}
          </Text>
          {settings.groups.length === 0 && <Text c="dimmed">{messages.noGroups}</Text>}
          <Stack gap={6}>
            {settings.groups.map((group) => (
              <Group key={group.id} justify="space-between" wrap="nowrap" gap="sm">
                <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                  <Text>{group.name}</Text>
                  <Text size="xs" c="dimmed">
                    {group.origin ?? messages.scim} · {messages.people(group.memberCount)}
                  </Text>
                </div>
                <Select
                  aria-label={messages.roleOf(group.name)}
                  w={140}
                  flex="none"
                  allowDeselect={false}
                  data={[
                    { value: '', label: messages.noRole },
                    ...MAPPABLE_ROLES.map((role) => ({ value: role, label: roleNames[role] })),
                  ]}
                  value={roles.get(group.id) ?? ''}
                  onChange={(role) =>
                    setRoles(
                      new Map(roles).set(group.id, MAPPABLE_ROLES.find((candidate) => candidate === role) ?? null),
                    )
                  }
                />
              </Group>
            ))}
          </Stack>
        </div>
        <Group>
          <Button onClick={() => setPlanned(body)}>{messages.look}</Button>
        </Group>
      </Stack>
      {planned && <PlanDialog body={planned} onClose={() => setPlanned(undefined)} />}
    </div>
  )
}
