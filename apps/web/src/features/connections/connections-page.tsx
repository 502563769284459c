import type { ConnectionSummary } from '@graticule/contract'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { connectionsQuery } from '../../api/connections.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { usePolicyRule } from '../../shell/use-policy-rule.ts'
import { useCan, useRoleReaches } from '../../shell/use-session.ts'
import { PageState, QueryView, RowsSkeleton, RuledButton } from '../../ui/index.ts'
import { ConnectionDialog } from './connection-dialog.tsx'
import { ConnectionTable } from './connection-table.tsx'
import { ConnectionWarning } from './connection-warning.tsx'
import { messages } from './messages.ts'

const route = getRouteApi('/signed-in/workspace/connections')

/** The warehouses that this person can use, and the way to add one. */
export function ConnectionsPage() {
  return useRoleReaches('connection.use') ? <ConnectionList /> : <ForbiddenPage title={messages.title} />
}

function ConnectionList() {
  const { add } = route.useSearch()
  const navigate = useNavigate({ from: '/connections' })
  const setAdding = (isAdding: boolean) => void navigate({ search: isAdding ? { add: true } : {}, replace: true })
  const [edited, setEdited] = useState<ConnectionSummary | null>(null)
  const query = useQuery(connectionsQuery)
  const canAdd = useCan('connection.create').allowed
  const rule = usePolicyRule('connection.create')
  const addButton = canAdd && (
    <RuledButton leftSection={<IconPlus size={16} />} rule={rule} onClick={() => setAdding(true)}>
      {messages.add}
    </RuledButton>
  )
  const hasSome = (query.data?.length ?? 0) > 0
  return (
    <Page title={messages.title} actions={hasSome && addButton}>
      <ConnectionWarning />
      <QueryView
        query={query}
        queryKey={connectionsQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<RowsSkeleton count={4} />}
      >
        {(connections) =>
          connections.length > 0 ? (
            <ConnectionTable connections={connections} onEdit={setEdited} />
          ) : (
            <PageState icon={<IconPlugConnected size={20} />} title={messages.emptyTitle} actions={addButton}>
              {canAdd ? messages.emptyText : messages.emptyReadOnlyText}
            </PageState>
          )
        }
      </QueryView>
      <ConnectionDialog
        opened={add === true && canAdd && rule === undefined}
        connection={null}
        onClose={() => setAdding(false)}
      />
      <ConnectionDialog key={edited?.id} opened={edited !== null} connection={edited} onClose={() => setEdited(null)} />
    </Page>
  )
}
