// What a published sample does, pointed at another server by `apiBaseUrl` and at nothing else of ours.
import { fetchMap, VectorTileLayer, vectorTableSource } from '@deck.gl/carto'
import { Deck } from '@deck.gl/core'
import { MVTLoader } from '@loaders.gl/mvt'

const options = Object.fromEntries(new URLSearchParams(location.search))
const { apiBaseUrl, accessToken, connectionName } = options
const [longitude, latitude, zoom] = options.view.split(',').map(Number)

/** The workers of the loaders live on a CDN, which an offline browser cannot reach. */
const local = { loaders: [MVTLoader], loadOptions: { worker: false } }

async function makeLayers() {
  if (options.cartoMapId) {
    const map = await fetchMap({ apiBaseUrl, cartoMapId: options.cartoMapId })
    return map.layers.map((layer) => layer.clone(local))
  }
  return [
    new VectorTileLayer({
      id: 'sample',
      ...local,
      data: await vectorTableSource({
        apiBaseUrl,
        accessToken,
        connectionName,
        tableName: options.tableName,
        spatialDataColumn: options.spatialDataColumn,
      }),
      getFillColor: [200, 0, 80],
      getLineColor: [0, 60, 200],
      pointRadiusMinPixels: 3,
      lineWidthMinPixels: 2,
      stroked: true,
    }),
  ]
}

function report(state, detail = '') {
  document.body.dataset.state = state
  document.body.dataset.detail = String(detail)
}

try {
  const layers = await makeLayers()
  const deck = new Deck({
    width: 512,
    height: 512,
    initialViewState: { longitude, latitude, zoom },
    controller: true,
    layers,
    onError: (error) => report('failed', error.message),
    onAfterRender: () => {
      const current = deck.layerManager?.getLayers().filter((layer) => layers.some((each) => each.id === layer.id))
      if (document.body.dataset.state !== 'failed' && current?.length && current.every((layer) => layer.isLoaded)) {
        report('loaded')
      }
    },
  })
} catch (error) {
  report('failed', error.stack)
}
