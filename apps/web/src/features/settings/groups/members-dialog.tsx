import type { GroupSummary } from '@graticule/contract'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addGroupMember, groupMembersQuery, removeGroupMember } from '../../../api/groups.ts'
import { peopleQuery } from '../../../api/people.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import {
  ActionIcon,
  Button,
  FormError,
  Group,
  lookupError,
  Modal,
  QueryView,
  SearchField,
  Select,
  Skeleton,
  Stack,
  Text,
  useDebouncedValue,
} from '../../../ui/index.ts'
import { originOf } from './group-origin.ts'
import classes from './groups.module.css'
import { messages } from './messages.ts'

/** More than these are found by searching. */
const SEARCH_FROM = 10

/** Who is in a group: adds people and takes them out, each at once. */
export function MembersDialog({ group, onClose }: { group: GroupSummary; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [search, setSearch] = useState('')
  const origin = originOf(group)
  const options = groupMembersQuery(group.id, search)
  const query = useQuery(options)
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['groups'] })
  const add = useMutation({
    mutationFn: (userId: string) => addGroupMember({ id: group.id, userId }),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: (userId: string) => removeGroupMember({ id: group.id, userId }),
    onSettled: refresh,
  })
  return (
    <Modal opened onClose={onClose} title={messages.membersTitle(group.name)} size={460}>
      <Stack gap="md">
        {origin === null ? (
          <PersonAdder memberIds={query.data?.members.map(({ id }) => id) ?? []} onAdd={(id) => add.mutate(id)} />
        ) : (
          <Text c="dimmed">{messages.keptBy(origin)}</Text>
        )}
        <FormError error={add.error ?? remove.error} />
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaitingMembers}
          skeleton={<Skeleton height={120} />}
        >
          {({ members, total }) => (
            <div>
              {(total > SEARCH_FROM || search !== '') && (
                <SearchField
                  label={messages.findMember}
                  placeholder={messages.findMember}
                  clearLabel={messages.clearSearch}
                  value={search}
                  onChange={setSearch}
                />
              )}
              {total === 0 && <Text c="dimmed">{search === '' ? messages.nobodyIn : messages.nobodyFound}</Text>}
              <ul className={classes.members}>
                {members.map((person) => (
                  <li key={person.id}>
                    <div>
                      <Text fw={500}>{person.name}</Text>
                      <Text size="xs" c="dimmed">
                        {person.email} · {shellMessages.roles[person.role]}
                      </Text>
                    </div>
                    {origin === null && (
                      <ActionIcon aria-label={messages.remove(person.name)} onClick={() => remove.mutate(person.id)}>
                        <IconX size={16} />
                      </ActionIcon>
                    )}
                  </li>
                ))}
              </ul>
              {total > members.length && <Text c="dimmed">{messages.moreMembers(total - members.length)}</Text>}
            </div>
          )}
        </QueryView>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function PersonAdder({ memberIds, onAdd }: { memberIds: readonly string[]; onAdd: (userId: string) => void }) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim() || undefined, 200)
  const lookup = useQuery(peopleQuery({ search, pageSize: 20 }))
  const found = (lookup.data?.people ?? []).filter(({ id }) => !memberIds.includes(id))
  return (
    <Select
      label={messages.add}
      placeholder={messages.addPlaceholder}
      searchable
      // The server has searched already, by e-mail too.
      filter={({ options }) => options}
      error={lookupError(lookup)}
      nothingFoundMessage={lookup.isFetching ? messages.searching : messages.nobodyFound}
      data={found.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        if (id !== null) onAdd(id)
        setText('')
      }}
    />
  )
}
