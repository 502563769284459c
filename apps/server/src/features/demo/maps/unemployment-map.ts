import { emptyMapDocument, type MapDocument } from '@graticule/contract'
import { demoDataset, hoverPopup } from './map-parts.ts'

/** CARTOColors SunsetDark in six steps. */
const SUNSET_DARK = ['#fcde9c', '#f89872', '#ec666d', '#df4273', '#c5287b', '#7c1d6f']

/** Upper edges, in percent, of all steps but the last. */
const STEPS = [5, 7, 9, 11, 14]

/** Unemployment by county as a choropleth, under the outlines of the states. */
export function unemploymentMap(): MapDocument {
  const document = emptyMapDocument('Unemployment in the United States')
  const { config } = document.keplerMapConfig
  return {
    ...document,
    description:
      'Unemployed persons as a share of the labour force in 2009, by county. U.S. Bureau of Labor Statistics; boundaries of the U.S. Census Bureau.',
    datasets: [
      demoDataset('counties', 'Counties', ['name', 'state', 'unemployment_rate']),
      demoDataset('states', 'States', ['name']),
    ],
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        mapState: { latitude: 38.6, longitude: -96.2, zoom: 3.7, pitch: 0, bearing: 0 },
        popupSettings: {
          layers: {
            'counties-layer': hoverPopup([
              { name: 'name', customName: 'County' },
              { name: 'state', customName: 'State' },
              { name: 'unemployment_rate', customName: 'Unemployment, %', format: '.1f' },
            ]),
          },
        },
        legendSettings: { layers: { 'states-layer': { isHidden: true } } },
        visState: {
          ...config.visState,
          layers: [
            {
              id: 'states-layer',
              type: 'tileset',
              config: {
                dataId: 'states',
                label: 'States',
                color: [255, 255, 255],
                isVisible: true,
                textLabel: [],
                visConfig: { filled: false, stroked: true, opacity: 1, strokeColor: [255, 255, 255], thickness: 1.2 },
              },
              visualChannels: {},
            },
            {
              id: 'counties-layer',
              type: 'tileset',
              config: {
                dataId: 'counties',
                label: 'Unemployment, %',
                color: [223, 66, 115],
                isVisible: true,
                textLabel: [],
                visConfig: {
                  filled: true,
                  // 3,000 outlines would hide the colours, and cost more to draw than all else.
                  stroked: false,
                  opacity: 0.9,
                  colorRange: {
                    name: 'SunsetDark',
                    type: 'sequential',
                    category: 'CARTO',
                    colors: SUNSET_DARK,
                    colorMap: SUNSET_DARK.map((color, index): [number | null, string] => [STEPS[index] ?? null, color]),
                  },
                },
              },
              visualChannels: { colorField: { name: 'unemployment_rate', type: 'real' }, colorScale: 'custom' },
            },
          ],
        },
        graticule: {
          widgets: [
            {
              id: 'average-rate',
              type: 'formula',
              title: 'Average of the counties, %',
              dataSource: 'counties',
              global: false,
              operation: 'avg',
              column: 'unemployment_rate',
              format: '.1f',
            },
            {
              id: 'rate-histogram',
              type: 'histogram',
              title: 'Counties by unemployment, %',
              dataSource: 'counties',
              global: false,
              column: 'unemployment_rate',
              buckets: 15,
            },
            {
              id: 'rate-by-state',
              type: 'category',
              title: 'Highest rate by state, %',
              dataSource: 'counties',
              global: false,
              column: 'state',
              operation: 'max',
              operationColumn: 'unemployment_rate',
              format: '.1f',
            },
          ],
        },
      },
    },
  }
}
