/** A map as its audience sees it. */
export function ViewerPage({ mapId }: { mapId: string; embedded: boolean }) {
  return <main aria-label={mapId} />
}
