import { type PersonSummary, ROLES } from '@graticule/contract'
import { IconUserSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { peopleQuery } from '../../../api/people.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { Button, ListFooter, PageState, QueryView, RowsSkeleton, SearchField, Select } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { DispossessDialog } from './dispossess-dialog.tsx'
import { GroupFilter } from './group-filter.tsx'
import { messages } from './messages.ts'
import { PasswordLinkDialog } from './password-link-dialog.tsx'
import { PeopleBatchBar } from './people-batch-bar.tsx'
import type { Dispossession } from './use-person-actions.ts'
import { UserTable } from './user-table.tsx'
import classes from './users.module.css'
import { orderOf, toPersonListQuery, USERS_PAGE_SIZE, type UsersSearch } from './users-search.ts'

const route = getRouteApi('/signed-in/workspace/settings/users')

/** The people of the organization, for those who look after them. */
export function UserSettings() {
  return (
    <ForAdmins action="user.inspect" title={messages.forbiddenTitle}>
      <UserList />
    </ForAdmins>
  )
}

function UserList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings/users' })
  const change = (changes: UsersSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const [plan, setPlan] = useState<Dispossession | null>(null)
  const [selected, setSelected] = useState<readonly PersonSummary[]>([])
  const [linked, setLinked] = useState<PersonSummary | null>(null)
  const options = peopleQuery(toPersonListQuery(search))
  const query = useQuery(options)
  const { sort, direction } = orderOf(search)
  return (
    <section aria-label={messages.title}>
      <div className={classes.toolbar}>
        <SearchField
          className={classes.search}
          label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          clearLabel={messages.clearSearch}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text || undefined })}
        />
        <Select
          aria-label={messages.roleFilter}
          w={150}
          allowDeselect={false}
          value={search.role ?? ''}
          data={[
            { value: '', label: messages.allRoles },
            ...ROLES.map((role) => ({ value: role, label: shellMessages.roles[role] })),
          ]}
          onChange={(value) => change({ role: ROLES.find((role) => role === value) })}
        />
        <GroupFilter groupId={search.group} onChange={(group) => change({ group })} />
      </div>
      <PeopleBatchBar people={selected} onClear={() => setSelected([])} />
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={6} />}
      >
        {({ people, total }) =>
          total === 0 ? (
            <NobodyFound
              search={search}
              onClear={() => change({ search: undefined, role: undefined, group: undefined })}
            />
          ) : (
            <>
              <UserTable
                people={people}
                selectedIds={new Set(selected.map(({ id }) => id))}
                onSelect={(changed, isSelected) => {
                  const others = selected.filter(({ id }) => !changed.some((person) => person.id === id))
                  setSelected(isSelected ? [...others, ...changed] : others)
                }}
                sort={sort}
                direction={direction}
                onSort={(column, order) => change({ sort: column, direction: order })}
                onDispossess={setPlan}
                onPasswordLink={setLinked}
              />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={USERS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pages}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      <PasswordLinkDialog person={linked} onClose={() => setLinked(null)} />
      <DispossessDialog plan={plan} onClose={() => setPlan(null)} />
    </section>
  )
}

function describeNobody({ group, role, search }: UsersSearch): string {
  if (group !== undefined) return role || search ? messages.noneInGroupLikeThat : messages.noneInGroup
  if (role === undefined) return messages.noneText
  return search === undefined ? messages.noneOfRoleAtAll : messages.noneOfRole
}

function NobodyFound({ search, onClear }: { search: UsersSearch; onClear: () => void }) {
  return (
    <PageState
      icon={<IconUserSearch size={20} />}
      title={messages.noneTitle}
      actions={
        <Button variant="default" onClick={onClear}>
          {messages.clearFilters}
        </Button>
      }
    >
      {describeNobody(search)}
    </PageState>
  )
}
