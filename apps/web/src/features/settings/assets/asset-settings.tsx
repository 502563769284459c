import { MANAGED_ASSET_KINDS, type Resource } from '@graticule/contract'
import { IconFolderSearch, IconTransfer, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { assetsQuery } from '../../../api/assets.ts'
import { Button, ListFooter, PageState, QueryView, RowsSkeleton, SearchField, Select, Text } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { AssetTable } from './asset-table.tsx'
import classes from './assets.module.css'
import { ASSETS_PAGE_SIZE, type AssetsSearch, toResourceListQuery } from './assets-search.ts'
import { DeleteAssetsDialog } from './delete-assets-dialog.tsx'
import { messages } from './messages.ts'
import { PersonPicker } from './person-picker.tsx'
import { TransferDialog } from './transfer-dialog.tsx'

const route = getRouteApi('/signed-in/workspace/settings/assets')

/** All assets of the organization, for superadmins. */
export function AssetSettings() {
  return (
    <ForAdmins action="asset.manage" title={messages.forbiddenTitle}>
      <AssetList />
    </ForAdmins>
  )
}

function AssetList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings/assets' })
  const change = (changes: AssetsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const [selected, setSelected] = useState<readonly Resource[]>([])
  const [dialog, setDialog] = useState<'transfer' | 'delete' | null>(null)
  const options = assetsQuery(toResourceListQuery(search))
  const query = useQuery(options)
  const select = (resources: readonly Resource[], isSelected: boolean) => {
    const others = selected.filter(({ id }) => !resources.some((resource) => resource.id === id))
    setSelected(isSelected ? [...others, ...resources] : others)
  }
  const finish = () => {
    setDialog(null)
    setSelected([])
  }
  return (
    <section aria-label={messages.title}>
      <div className={classes.intro}>
        <Text size="sm" c="dimmed">
          {messages.help}
        </Text>
        <Button
          variant="default"
          leftSection={<IconUserPlus size={16} stroke={1.6} />}
          renderRoot={(button) => <Link to="/settings/invitations" {...button} />}
        >
          {messages.inviteSuperadmin}
        </Button>
      </div>
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
          aria-label={messages.kindFilter}
          w={150}
          allowDeselect={false}
          value={search.kind ?? ''}
          data={[
            { value: '', label: messages.allKinds },
            ...MANAGED_ASSET_KINDS.map((kind) => ({ value: kind, label: messages.kinds[kind] })),
          ]}
          onChange={(value) => change({ kind: MANAGED_ASSET_KINDS.find((kind) => kind === value) })}
        />
        <PersonPicker
          ariaLabel={messages.ownerFilter}
          placeholder={messages.anyOwner}
          clearable
          w={220}
          value={search.owner ?? null}
          onPick={(person) => change({ owner: person?.id })}
        />
      </div>
      {selected.length > 0 && (
        <div className={classes.selection} role="status">
          <span>{messages.selected(selected.length)}</span>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTransfer size={14} />}
            onClick={() => setDialog('transfer')}
          >
            {messages.transfer}
          </Button>
          <Button
            size="xs"
            color="red"
            variant="light"
            leftSection={<IconTrash size={14} />}
            onClick={() => setDialog('delete')}
          >
            {messages.delete}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setSelected([])}>
            {messages.clearSelection}
          </Button>
        </div>
      )}
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={6} />}
      >
        {({ resources, total }) =>
          total === 0 ? (
            <NoAssets
              search={search}
              onClear={() => change({ search: undefined, kind: undefined, owner: undefined })}
            />
          ) : (
            <>
              <AssetTable
                resources={resources}
                search={search}
                selectedIds={new Set(selected.map(({ id }) => id))}
                onSelect={select}
                onSort={change}
              />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={ASSETS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pages}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      {dialog === 'transfer' && <TransferDialog assets={selected} onClose={() => setDialog(null)} onDone={finish} />}
      {dialog === 'delete' && <DeleteAssetsDialog assets={selected} onClose={() => setDialog(null)} onDone={finish} />}
    </section>
  )
}

function NoAssets({ search, onClear }: { search: AssetsSearch; onClear: () => void }) {
  const isFiltered = search.search !== undefined || search.kind !== undefined || search.owner !== undefined
  return (
    <PageState
      icon={<IconFolderSearch size={20} />}
      title={isFiltered ? messages.noneTitle : messages.emptyTitle}
      actions={
        isFiltered && (
          <Button variant="default" onClick={onClear}>
            {messages.clearFilters}
          </Button>
        )
      }
    >
      {isFiltered ? messages.noneText : messages.emptyText}
    </PageState>
  )
}
