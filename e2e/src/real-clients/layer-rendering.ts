import { setTimeout as sleep } from 'node:timers/promises'
import { type Layer, LayerManager, WebMercatorViewport } from '@deck.gl/core'
import { NullDevice } from '@luma.gl/test-utils'

/** A tile as a tile layer hands it to `onViewportLoad`. */
export interface LoadedTile {
  readonly index: { readonly x: number; readonly y: number; readonly z: number }
  readonly content: unknown
}

export interface RenderedLayer {
  /** Leaf layers that drew something, by the end of their id, e.g. `points-circle`. */
  readonly sublayers: readonly { readonly id: string; readonly instanceCount: number }[]
  readonly errors: readonly Error[]
}

/**
 * Runs a real layer without a screen: the manager of deck.gl on a device that draws nothing. Resolves when the layer
 * says that it is loaded, and throws when it does not within `timeoutMs`.
 */
export async function renderLayer(
  layer: Layer,
  view: readonly [number, number, number],
  timeoutMs = 20_000,
): Promise<RenderedLayer> {
  const [longitude, latitude, zoom] = view
  const viewport = new WebMercatorViewport({ width: 512, height: 512, longitude, latitude, zoom })
  const manager = new LayerManager(new NullDevice({}), { viewport })
  const errors: Error[] = []
  manager.setProps({ onError: (error: Error) => errors.push(error) } as never)
  try {
    manager.setLayers([layer])
    const deadline = Date.now() + timeoutMs
    do {
      await sleep(40)
      manager.updateLayers()
      if (Date.now() > deadline) throw new Error(`The layer did not load: ${errors.map(String).join('; ')}`)
    } while (!isLoaded(manager, layer))
    // One more turn lets the sublayers of the last tile take their data in.
    await sleep(40)
    manager.updateLayers()
    const sublayers = manager
      .getLayers()
      .filter((each) => !each.isComposite)
      .map((each) => ({ id: each.id, instanceCount: each.getNumInstances() }))
    return { sublayers, errors: errors.filter((error) => !/document is not defined/.test(error.message)) }
  } finally {
    manager.finalize()
  }
}

function isLoaded(manager: LayerManager, layer: Layer): boolean {
  const current = manager.getLayers().find((each) => each.id === layer.id)
  return current?.isLoaded ?? false
}
