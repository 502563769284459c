import type {
  MoveBody,
  MovePreview,
  MoveResults,
  ProjectCreateBody,
  ProjectDetail,
  ProjectShortcut,
  ProjectShortcuts,
  ProjectTree,
  ProjectUpdateBody,
  ShortcutBody,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const PROJECTS = '/v3/projects'

/** All projects and subfolders that the person may open. */
export const projectsQuery = queryOptions({
  queryKey: ['projects', 'tree'],
  queryFn: ({ signal }) => sendRequest<ProjectTree>(PROJECTS, { signal }),
})

/** One folder with those around it. */
export function projectQuery(id: string) {
  return queryOptions({
    queryKey: ['projects', 'detail', id],
    queryFn: ({ signal }) => sendRequest<ProjectDetail>(apiPath(PROJECTS, id), { signal }),
  })
}

/** Makes a project, or a subfolder of one. */
export function createProject(body: ProjectCreateBody): Promise<ProjectDetail> {
  return sendRequest(PROJECTS, { method: 'POST', body })
}

/** Changes name and description. */
export function updateProject({ id, ...body }: ProjectUpdateBody & { id: string }): Promise<ProjectDetail> {
  return sendRequest(apiPath(PROJECTS, id), { method: 'PATCH', body })
}

/** Deletes a folder that is empty, or puts what is inside to the top. */
export function deleteProject(id: string, isEmptied: boolean): Promise<void> {
  return sendRequest(apiPath(PROJECTS, id), { method: 'DELETE', ...(isEmptied && { query: { contents: 'to-top' } }) })
}

/** Moves maps, workflows and folders; each says for itself whether it was moved. */
export function moveItems(body: MoveBody): Promise<MoveResults> {
  return sendRequest(`${PROJECTS}/move`, { method: 'POST', body })
}

/** What would be moved, and who would gain and lose access. */
export function movePreviewQuery(body: MoveBody) {
  return queryOptions({
    queryKey: ['projects', 'move-preview', body],
    queryFn: ({ signal }) => sendRequest<MovePreview>(`${PROJECTS}/move/preview`, { method: 'POST', body, signal }),
    gcTime: 0,
    retry: false,
  })
}

/** The shortcuts in a folder to what the person may see. */
export function shortcutsQuery(projectId: string) {
  return queryOptions({
    queryKey: ['projects', 'shortcuts', projectId],
    queryFn: ({ signal }) => sendRequest<ProjectShortcuts>(shortcutsPath(projectId), { signal }),
  })
}

/** Puts a shortcut into a folder. */
export function addShortcut(projectId: string, body: ShortcutBody): Promise<ProjectShortcut> {
  return sendRequest(shortcutsPath(projectId), { method: 'POST', body })
}

/** Puts a shortcut into another folder. */
export function moveShortcut(projectId: string, id: string, toId: string): Promise<ProjectShortcut> {
  return sendRequest(apiPath(shortcutsPath(projectId), id), { method: 'PATCH', body: { projectId: toId } })
}

/** Takes a shortcut away; what it points to stays. */
export function removeShortcut(projectId: string, id: string): Promise<void> {
  return sendRequest(apiPath(shortcutsPath(projectId), id), { method: 'DELETE' })
}

function shortcutsPath(projectId: string): string {
  return `${apiPath(PROJECTS, projectId)}/shortcuts`
}
