import type { DefaultsByKind, GroupName, SharingDefault, SharingDefaults } from '@graticule/contract'
import { DEFAULTED_KINDS, type DefaultedKind } from '@graticule/policy'
import { Group, MultiSelect, Select, Stack, Switch, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Whom new assets are shared with: for everybody, and for the members of some groups. */
export function SharingDefaultsForm(props: {
  defaults: SharingDefaults
  groups: readonly GroupName[]
  onChange: (defaults: SharingDefaults) => void
}) {
  const { defaults, groups, onChange } = props
  const withOwn = groups.filter(({ id }) => defaults.groups[id] !== undefined)
  const without = groups.filter(({ id }) => defaults.groups[id] === undefined)
  return (
    <Stack gap="lg">
      <Rows
        whose={messages.organization}
        none="private"
        values={defaults.organization}
        groups={groups}
        onChange={(organization) => onChange({ ...defaults, organization })}
      />
      {withOwn.map(({ id, name }) => (
        <Rows
          key={id}
          whose={messages.group(name)}
          none="none"
          values={defaults.groups[id] ?? {}}
          groups={groups}
          onChange={(kinds) => onChange({ ...defaults, groups: { ...defaults.groups, [id]: kinds } })}
        />
      ))}
      {without.length > 0 && (
        <Select
          aria-label={messages.addGroup}
          placeholder={messages.addGroup}
          maw={260}
          searchable
          data={without.map(({ id, name }) => ({ value: id, label: name }))}
          value={null}
          onChange={(id) => id !== null && onChange({ ...defaults, groups: { ...defaults.groups, [id]: {} } })}
        />
      )}
    </Stack>
  )
}

function Rows(props: {
  whose: string
  /** What the absence of a default is called. */
  none: 'private' | 'none'
  values: DefaultsByKind
  groups: readonly GroupName[]
  onChange: (values: DefaultsByKind) => void
}) {
  const { whose, none, values, groups, onChange } = props
  const set = (kind: DefaultedKind, value: SharingDefault | undefined) => {
    const { [kind]: _, ...others } = values
    onChange(value === undefined ? others : { ...others, [kind]: value })
  }
  return (
    <Stack gap="xs" role="group" aria-label={whose}>
      <Text fw={500}>{whose}</Text>
      {DEFAULTED_KINDS.map((kind) => {
        const value = values[kind]
        const name = messages.kinds[kind]
        return (
          <Group key={kind} gap="sm" align="center">
            <Text w={110}>{name}</Text>
            <Select
              aria-label={messages.audienceOf(whose, name)}
              w={170}
              allowDeselect={false}
              data={[
                ...(none === 'none' ? [{ value: 'none', label: messages.audiences.none }] : []),
                { value: 'private', label: messages.audiences.private },
                { value: 'organization', label: messages.audiences.organization },
                { value: 'groups', label: messages.audiences.groups },
              ]}
              value={value?.audience ?? none}
              onChange={(choice) => set(kind, changeAudience(value, choice))}
            />
            {value?.audience === 'groups' && (
              <MultiSelect
                aria-label={messages.groupsOf(whose, name)}
                placeholder={value.groupIds.length === 0 ? messages.pickGroups : undefined}
                w={240}
                searchable
                data={groups.map((group) => ({ value: group.id, label: group.name }))}
                value={value.groupIds}
                onChange={(groupIds) => set(kind, { ...value, groupIds })}
              />
            )}
            {(value !== undefined || none === 'private') && (
              <Switch
                aria-label={messages.lockOf(whose, name)}
                label={messages.lock}
                checked={value?.locked ?? false}
                onChange={(event) => {
                  const locked = event.currentTarget.checked
                  set(kind, { ...(value ?? { audience: 'private', groupIds: [] }), locked })
                }}
              />
            )}
          </Group>
        )
      })}
    </Stack>
  )
}

function changeAudience(value: SharingDefault | undefined, choice: string | null): SharingDefault | undefined {
  const locked = value?.locked ?? false
  switch (choice) {
    case 'private':
    case 'organization':
    case 'groups':
      return { audience: choice, groupIds: [], locked }
    default:
      return undefined
  }
}
