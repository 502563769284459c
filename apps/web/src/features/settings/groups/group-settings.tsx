import type { GroupSummary } from '@graticule/contract'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { groupsQuery } from '../../../api/groups.ts'
import { Button, ListFooter, PageState, QueryView, RowsSkeleton, SearchField } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { DeleteGroupDialog } from './delete-group-dialog.tsx'
import { GroupNameDialog } from './group-name-dialog.tsx'
import { GroupTable } from './group-table.tsx'
import classes from './groups.module.css'
import { GROUPS_PAGE_SIZE, type GroupsSearch, toGroupListQuery } from './groups-search.ts'
import { MembersDialog } from './members-dialog.tsx'
import { messages } from './messages.ts'

const route = getRouteApi('/signed-in/workspace/settings/groups')

/** What is open over the list. */
type Open = { readonly dialog: 'create' } | { readonly dialog: 'rename' | 'members' | 'delete'; group: GroupSummary }

/** The groups of the organization, for those who manage them. */
export function GroupSettings() {
  return (
    <ForAdmins action="group.manage" title={messages.forbiddenTitle}>
      <GroupsList />
    </ForAdmins>
  )
}

function GroupsList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings/groups' })
  const change = (changes: GroupsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  const options = groupsQuery(toGroupListQuery(search))
  const query = useQuery(options)
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
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ dialog: 'create' })}>
          {messages.create}
        </Button>
      </div>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={4} />}
      >
        {({ groups, total }) =>
          total === 0 ? (
            <NoGroups isSearch={search.search !== undefined} onCreate={() => setOpen({ dialog: 'create' })} />
          ) : (
            <>
              <GroupTable groups={groups} onOpen={(dialog, group) => setOpen({ dialog, group })} />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={GROUPS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pages}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      {open?.dialog === 'create' && <GroupNameDialog group={null} onClose={close} />}
      {open?.dialog === 'rename' && <GroupNameDialog group={open.group} onClose={close} />}
      {open?.dialog === 'members' && <MembersDialog group={open.group} onClose={close} />}
      {open?.dialog === 'delete' && <DeleteGroupDialog group={open.group} onClose={close} />}
    </section>
  )
}

function NoGroups({ isSearch, onCreate }: { isSearch: boolean; onCreate: () => void }) {
  return (
    <PageState
      icon={<IconUsersGroup size={20} />}
      title={isSearch ? messages.noneTitle : messages.emptyTitle}
      actions={isSearch ? undefined : <Button onClick={onCreate}>{messages.create}</Button>}
    >
      {isSearch ? messages.noneText : messages.emptyText}
    </PageState>
  )
}
