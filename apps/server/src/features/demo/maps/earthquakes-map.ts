import { emptyMapDocument, type MapDocument } from '@graticule/contract'
import { DEMO_SCHEMA } from '../warehouse-state.ts'
import { demoDataset, demoQuery, hoverPopup } from './map-parts.ts'

/** CARTOColors Temps in six steps. */
const TEMPS = ['#009392', '#52b684', '#bcd48c', '#edc783', '#eb8d71', '#cf597e']

/** Upper edges of all steps of magnitude but the last. */
const STEPS = [1, 2, 3, 4, 5]

/** All 135,000 places would be a fog at this zoom, and the embedded warehouse would count through them for each tile. */
const LARGE_CITIES = `select geom, name, country, population
from ${DEMO_SCHEMA}.cities
where population >= 100000`

/** A week of earthquakes over the large cities of the world. */
export function earthquakesMap(): MapDocument {
  const document = emptyMapDocument('A week of earthquakes and the cities of the world')
  const { config } = document.keplerMapConfig
  return {
    ...document,
    description:
      'Seismic events from 31 January to 7 February 2018 (U.S. Geological Survey) over cities of 100,000 people and more (GeoNames).',
    datasets: [
      demoDataset('earthquakes', 'Earthquakes', ['place', 'magnitude', 'depth_km', 'network', 'occurred_at']),
      demoQuery('cities', 'Large cities', LARGE_CITIES, ['name', 'country', 'population']),
    ],
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        mapState: { latitude: 28, longitude: -130, zoom: 1.9, pitch: 0, bearing: 0 },
        mapStyle: { styleType: 'custom:graticule-dark' },
        popupSettings: {
          layers: {
            'earthquakes-layer': hoverPopup([
              { name: 'place', customName: 'Where' },
              { name: 'magnitude', customName: 'Magnitude', format: '.1f' },
              { name: 'depth_km', customName: 'Depth, km', format: '.0f' },
            ]),
            'cities-layer': hoverPopup([
              { name: 'name', customName: 'City' },
              { name: 'country', customName: 'Country' },
              { name: 'population', customName: 'Inhabitants', format: ',.0f' },
            ]),
          },
        },
        visState: {
          ...config.visState,
          layers: [
            {
              id: 'earthquakes-layer',
              type: 'tileset',
              config: {
                dataId: 'earthquakes',
                label: 'Magnitude',
                color: [235, 141, 113],
                isVisible: true,
                textLabel: [],
                visConfig: {
                  filled: true,
                  stroked: true,
                  opacity: 0.9,
                  strokeColor: [255, 255, 255],
                  strokeOpacity: 0.5,
                  thickness: 0.5,
                  radius: 5,
                  radiusRange: [2, 18],
                  colorRange: {
                    name: 'Temps',
                    type: 'diverging',
                    category: 'CARTO',
                    colors: TEMPS,
                    colorMap: TEMPS.map((color, index): [number | null, string] => [STEPS[index] ?? null, color]),
                  },
                },
              },
              visualChannels: {
                colorField: { name: 'magnitude', type: 'real' },
                colorScale: 'custom',
                radiusField: { name: 'magnitude', type: 'real' },
                radiusScale: 'linear',
              },
            },
            {
              id: 'cities-layer',
              type: 'tileset',
              config: {
                dataId: 'cities',
                label: 'Large cities',
                color: [120, 170, 210],
                isVisible: true,
                textLabel: [],
                visConfig: { filled: true, stroked: false, opacity: 0.6, radius: 1.5 },
              },
              visualChannels: {},
            },
          ],
        },
        graticule: {
          widgets: [
            {
              id: 'events',
              type: 'formula',
              title: 'Events in view',
              dataSource: 'earthquakes',
              global: false,
              operation: 'count',
              column: '*',
            },
            {
              id: 'strongest',
              type: 'formula',
              title: 'Strongest in view',
              dataSource: 'earthquakes',
              global: false,
              operation: 'max',
              column: 'magnitude',
              format: '.1f',
            },
            {
              id: 'by-network',
              type: 'category',
              title: 'Events by network',
              dataSource: 'earthquakes',
              global: false,
              column: 'network',
              operation: 'count',
              operationColumn: 'network',
            },
            {
              id: 'by-magnitude',
              type: 'histogram',
              title: 'Events by magnitude',
              dataSource: 'earthquakes',
              global: false,
              column: 'magnitude',
              buckets: 12,
            },
          ],
        },
      },
    },
  }
}
