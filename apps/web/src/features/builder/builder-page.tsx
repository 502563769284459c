import type { MapDetail } from '@graticule/contract'
import { decideRequestable } from '@graticule/policy'
import { IconEye, IconLock } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { Page } from '../../shell/page.tsx'
import { principalOf, useSession } from '../../shell/use-session.ts'
import { WorkspaceFrame } from '../../shell/workspace.tsx'
import { Button, ErrorState, PageState, QueryView } from '../../ui/index.ts'
import { MissingAsset } from '../access-request/missing-asset.tsx'
import { RequestAccess } from '../access-request/request-access.tsx'
import { useNoteOpened } from '../library/use-note-opened.ts'
import { BuilderSkeleton } from './builder-skeleton.tsx'
import { BuilderWorkspace } from './builder-workspace.tsx'
import { messages } from './messages.ts'
import { BuilderContext, type BuilderStore, createBuilderStore } from './store/builder-store.ts'
import { readMap, serverMapStorage } from './store/map-storage.ts'

/** /maps/:id: the page where a map is made. */
export function BuilderPage() {
  const { mapId } = useParams({ from: '/signed-in/maps/$mapId' })
  return <LoadedBuilder key={mapId} mapId={mapId} />
}

function LoadedBuilder({ mapId }: { mapId: string }) {
  // A copy of its own, so that nothing that other pages refetch replaces what is being edited.
  const queryKey = ['maps', 'builder', mapId]
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => readMap(mapId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  useNoteOpened('map', query.data === undefined ? null : mapId)
  if (query.isError && query.data === undefined) {
    const retry = () => void query.refetch()
    const isMissing = query.error instanceof ApiError && query.error.status === 404
    return (
      <WithoutEditor>
        {isMissing ? (
          <MissingAsset kind="map" id={mapId} onRetry={retry} />
        ) : (
          <ErrorState error={query.error} onRetry={retry} />
        )}
      </WithoutEditor>
    )
  }
  return (
    <QueryView query={query} queryKey={queryKey} awaiting={messages.loadingMap} skeleton={<BuilderSkeleton />}>
      {(detail) => (detail.permissions.edit.allowed ? <Editor detail={detail} /> : <ReadOnly detail={detail} />)}
    </QueryView>
  )
}

function Editor({ detail }: { detail: MapDetail }) {
  const queryClient = useQueryClient()
  const [store, setStore] = useState<BuilderStore | null>(null)
  // The first version that was read is the one that is edited; a store is made and stopped with the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    const created = createBuilderStore(detail, serverMapStorage(detail.id, queryClient))
    setStore(created)
    return () => {
      void created
        .getState()
        .saveNow()
        .finally(() => created.getState().stop())
    }
  }, [detail.id, queryClient])
  if (!store) return <BuilderSkeleton />
  return (
    <BuilderContext value={store}>
      <BuilderWorkspace detail={detail} />
    </BuilderContext>
  )
}

function ReadOnly({ detail }: { detail: MapDetail }) {
  const canBeGiven = decideRequestable(principalOf(useSession()), 'map', 'edit').allowed
  return (
    <WithoutEditor>
      <PageState
        icon={<IconLock size={20} />}
        title={messages.readOnlyTitle}
        actions={
          <Button
            leftSection={<IconEye size={16} />}
            renderRoot={(props) => <Link to="/map/$mapId" params={{ mapId: detail.id }} {...props} />}
          >
            {messages.openMap}
          </Button>
        }
      >
        {detail.permissions.edit.reason}
        {canBeGiven && <RequestAccess kind="map" id={detail.id} wanted="edit" />}
      </PageState>
    </WithoutEditor>
  )
}

/** A map that is not edited here leaves the sections of the workspace in reach. */
function WithoutEditor({ children }: { children: ReactNode }) {
  return (
    <WorkspaceFrame>
      <Page title={messages.mapTitle}>{children}</Page>
    </WorkspaceFrame>
  )
}
