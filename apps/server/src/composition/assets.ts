import { ApplicationService } from '../features/applications/application-service.ts'
import { ApplicationStore } from '../features/applications/application-store.ts'
import { BasemapService } from '../features/basemaps/basemap-service.ts'
import { CustomizationService } from '../features/customization/customization-service.ts'
import { CustomizationStore } from '../features/customization/customization-store.ts'
import { LibraryService } from '../features/library/library-service.ts'
import { LibraryStore } from '../features/library/library-store.ts'
import { MapService } from '../features/maps/map-service.ts'
import { PublicLinks } from '../features/maps/public-links.ts'
import { PublicMaps } from '../features/maps/public-map.ts'
import { Publications } from '../features/maps/publications.ts'
import { UnlockLog } from '../features/maps/unlock-log.ts'
import { NamedSourceTrash } from '../features/named-sources/named-source-trash.ts'
import { MoveService } from '../features/projects/move-service.ts'
import { ProjectService } from '../features/projects/project-service.ts'
import { ProjectStore } from '../features/projects/project-store.ts'
import { ProjectTrash } from '../features/projects/project-trash.ts'
import { ShortcutService } from '../features/projects/shortcut-service.ts'
import { ShortcutStore } from '../features/projects/shortcut-store.ts'
import { TrashedProjectStore } from '../features/projects/trashed-project-store.ts'
import { TokensNamingSource } from '../features/tokens/tokens-naming-source.ts'
import { TrashService } from '../features/trash/trash-service.ts'
import { TrashStore } from '../features/trash/trash-store.ts'
import { WorkflowService } from '../features/workflows/workflow-service.ts'
import type { Callers } from './callers.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'
import type { Warehouses } from './warehouses.ts'

/** What `composeAssets` composes. */
export type Assets = ReturnType<typeof composeAssets>

/** What people make and find: maps, workflows, applications, projects, and how they look. */
export function composeAssets(platform: Platform, people: People, callers: Callers, warehouses: Warehouses) {
  const { activity, basemapsFolder, clock, directory, forgetPrincipals, secretBox, store } = platform
  const { holdRight, organizations, users } = people
  const { governanceRules, tokenStore } = callers
  const {
    audiences,
    connections,
    descriptions,
    mapSources,
    namedSources,
    namedSourceStore,
    noteUse,
    publishingLogins,
    queryHandles,
    workflowStore,
  } = warehouses
  const customizations = new CustomizationService({
    customizations: new CustomizationStore(store),
    activity,
    clock,
    findPublicBasemap: (mapId) => maps.findPublicBasemap(mapId),
  })
  const basemaps = new BasemapService(
    basemapsFolder,
    async (organizationId) => (await customizations.read(organizationId)).basemaps,
  )
  const unlocks = new UnlockLog(activity)
  const links = new PublicLinks(store, secretBox, clock, organizations.requireOpen.bind(organizations), unlocks)
  const publications = new Publications({
    store,
    activity,
    connections,
    logins: publishingLogins,
    texts: namedSources,
    governance: governanceRules,
  })
  const maps: MapService = new MapService({
    store,
    publications,
    connections,
    audiences,
    governance: governanceRules,
    activity,
    links,
    handles: queryHandles,
    listPersonal: directory.listPersonal.bind(directory),
    clock,
    holdRight,
    noteUse,
    requireOpen: organizations.requireOpen.bind(organizations),
    readMarks: (principal, map) => library.readMarks(principal, 'map', map),
    onChanged: (change) => {
      mapSources.forget()
      if (change === 'access') forgetPrincipals()
    },
    describeLook: async (baseUrl, organizationId, styleType) => ({
      basemap: await basemaps.describe(baseUrl, organizationId, styleType),
      branding: await customizations.showBranding(organizationId),
    }),
  })
  const workflows: WorkflowService = new WorkflowService({
    store,
    workflows: workflowStore,
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    noteUse,
    findConnection: (principal, idOrName) => connections.find(principal, idOrName),
    listMarks: (principal, ids) => library.listMarks(principal, 'workflow', ids),
  })
  const applications = new ApplicationService({
    store,
    applications: new ApplicationStore(store),
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    noteUse,
    listMarks: (principal, ids) => library.listMarks(principal, 'application', ids),
  })
  const documents = { map: maps, workflow: workflows, application: applications }
  const libraryStore = new LibraryStore(store)
  const library: LibraryService = new LibraryService({
    store,
    library: libraryStore,
    kinds: documents,
    activity,
    clock,
  })
  const projectStore = new ProjectStore(store)
  const trashedProjects = new TrashedProjectStore(store)
  const contained = { map: maps, workflow: workflows }
  const forgetReaders = () => {
    mapSources.forget()
    forgetPrincipals()
  }
  const projects = new ProjectService({
    store,
    projects: projectStore,
    trashed: trashedProjects,
    contained,
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdPrincipal: users.holdPrincipal.bind(users),
    onChanged: forgetReaders,
  })
  const shortcuts = new ShortcutService({
    store,
    shortcuts: new ShortcutStore(store),
    projects: projectStore,
    projectService: projects,
    activity,
    clock,
    holdPrincipal: users.holdPrincipal.bind(users),
  })
  const moves = new MoveService({
    store,
    projects: projectStore,
    projectService: projects,
    contained,
    shortcuts,
    governance: governanceRules,
    activity,
    holdPrincipal: users.holdPrincipal.bind(users),
    listPeople: (organizationId) => users.listPrincipals(organizationId),
    onMoved: forgetReaders,
  })
  const trash = new TrashService({
    store,
    trash: new TrashStore(store),
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdPrincipal: users.holdPrincipal.bind(users),
    onRestored: () => mapSources.forget(),
    forgetMarks: (transaction, kind, ids) => libraryStore.forgetAssets(transaction, kind, ids),
    listPeople: (organizationId) => users.listPrincipals(organizationId),
    resting: {
      project: new ProjectTrash({
        store,
        projects: projectStore,
        trashed: trashedProjects,
        contained,
        audiences,
        governance: governanceRules,
        activity,
        holdPrincipal: users.holdPrincipal.bind(users),
        listPeople: (organizationId, transaction) => users.listPrincipals(organizationId, transaction),
        onRestored: forgetReaders,
      }),
      'named-source': new NamedSourceTrash({
        store,
        sources: namedSourceStore,
        connections,
        tokens: new TokensNamingSource(tokenStore, activity, clock),
        activity,
        holdPrincipal: users.holdPrincipal.bind(users),
        onRestored: () => {
          mapSources.forget()
          namedSources.forget()
          forgetPrincipals()
        },
      }),
    },
  })
  const publicMaps = new PublicMaps(store, maps, links, directory, descriptions, namedSources, queryHandles, basemaps)
  return {
    customizations,
    basemaps,
    links,
    unlocks,
    maps,
    workflows,
    applications,
    documents,
    libraryStore,
    library,
    projects,
    moves,
    shortcuts,
    trash,
    publicMaps,
  }
}
