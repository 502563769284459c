import { IconCommand, IconMap2, IconMoon, IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { flushSync } from 'react-dom'
import { mapsQuery } from '../api/maps.ts'
import { Spotlight, useDebouncedValue } from '../ui/index.ts'
import { useColorSchemeSwitch } from './color-scheme-toggle.tsx'
import { messages } from './messages.ts'
import { usePaletteStore } from './palette-commands.ts'
import { sectionsFor } from './sections.ts'
import { principalOf, useRoleReaches, useSession } from './use-session.ts'
import { useSignOut } from './use-sign-out.ts'

function includesText(label: string, query: string): boolean {
  return label.toLowerCase().includes(query.trim().toLowerCase())
}

interface Entry {
  readonly id: string
  readonly label: string
  readonly icon: ReactNode
  readonly run: () => void
}

/** The one palette: go to any page, find any map, run any command of the page. Opens with ⌘K or Ctrl K. */
export function CommandPalette() {
  const [query, setQuery] = useState('')
  const [isOpen, setIsOpen] = useState(false)
  const matches = (entry: Entry) => includesText(entry.label, query)
  const groups = [
    { label: messages.groupPages, entries: usePages().filter(matches) },
    { label: messages.groupMaps, entries: useFoundMaps(query, isOpen) },
    { label: messages.groupCommands, entries: useCommands().filter(matches) },
  ].filter(({ entries }) => entries.length > 0)
  return (
    <Spotlight.Root
      query={query}
      // The component then selects the first entry for Enter: it must be one that the new query leaves.
      onQueryChange={(next) => flushSync(() => setQuery(next))}
      onSpotlightOpen={() => setIsOpen(true)}
      onSpotlightClose={() => setIsOpen(false)}
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
    >
      <Spotlight.Search
        placeholder={messages.searchPlaceholder}
        aria-label={messages.search}
        leftSection={<IconSearch size={16} />}
      />
      <Spotlight.ActionsList>
        {groups.length === 0 && <Spotlight.Empty>{messages.nothingFound}</Spotlight.Empty>}
        {groups.map(({ label, entries }) => (
          <Spotlight.ActionsGroup key={label} label={label}>
            {entries.map((entry) => (
              <Spotlight.Action key={entry.id} label={entry.label} leftSection={entry.icon} onClick={entry.run} />
            ))}
          </Spotlight.ActionsGroup>
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function usePages(): Entry[] {
  const session = useSession()
  const navigate = useNavigate()
  return sectionsFor(principalOf(session)).map((section) => ({
    id: section.id,
    label: section.label,
    icon: <section.icon size={16} stroke={1.6} />,
    run: () => void navigate({ to: section.to }),
  }))
}

function useFoundMaps(query: string, isOpen: boolean): Entry[] {
  const navigate = useNavigate()
  const [search] = useDebouncedValue(query.trim(), 200)
  const { data } = useQuery({ ...mapsQuery({ search: search || undefined, pageSize: 6 }), enabled: isOpen })
  // Until the server has answered, what it found for the last query is narrowed by title.
  const isStale = search !== query.trim()
  const maps = (data?.maps ?? []).filter(({ title }) => !isStale || includesText(title, query))
  return maps.map((map) => ({
    id: map.id,
    label: map.title,
    icon: <IconMap2 size={16} stroke={1.6} />,
    run: () => void navigate({ to: '/maps/$mapId', params: { mapId: map.id } }),
  }))
}

function useCommands(): Entry[] {
  const canMakeMaps = useRoleReaches('map.create')
  const canConnect = useRoleReaches('connection.create')
  const navigate = useNavigate()
  const colorScheme = useColorSchemeSwitch()
  const leave = useSignOut()
  const ofPages = usePaletteStore(({ commandsByPage }) => commandsByPage)
  const entries: Entry[] = [...ofPages.values()]
    .flat()
    .map((command) => ({ ...command, icon: <IconCommand size={16} stroke={1.6} /> }))
  if (canMakeMaps) {
    entries.push({
      id: 'new-map',
      label: messages.newMap,
      icon: <IconPlus size={16} stroke={1.6} />,
      run: () => void navigate({ to: '/maps', search: { create: true } }),
    })
  }
  if (canConnect) {
    entries.push({
      id: 'add-connection',
      label: messages.addConnection,
      icon: <IconPlus size={16} stroke={1.6} />,
      run: () => void navigate({ to: '/connections', search: { add: true } }),
    })
  }
  entries.push(
    {
      id: 'color-scheme',
      label: colorScheme.label,
      icon: <IconMoon size={16} stroke={1.6} />,
      run: colorScheme.toggle,
    },
    { id: 'sign-out', label: messages.signOut, icon: <IconCommand size={16} stroke={1.6} />, run: leave },
  )
  return entries
}
