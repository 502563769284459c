import { emptyMapDocument, type MapDocument } from '@graticule/contract'
import type { ClientTarget } from './client-target.ts'
import type { DemoSample } from './server-process.ts'

const COLORS = ['#7F3C8D', '#11A579', '#3969AC', '#F2B701']

/** What the polygons of a sample map are read by, which its readers are never sent. */
export function sampleQuery(table: string): string {
  return `SELECT * FROM ${table} WHERE 'words of the author' IS NOT NULL`
}

/** A map with one layer per sample, the points on top: coloured by category, sized by number; the polygons from SQL. */
export function sampleMapDocument(
  title: string,
  target: Pick<ClientTarget, 'connectionName' | 'samples' | 'view'>,
): MapDocument {
  const document = emptyMapDocument(title)
  const samples = [target.samples.point, target.samples.line, target.samples.polygon]
  const [longitude, latitude, zoom] = target.view
  const { config } = document.keplerMapConfig
  return {
    ...document,
    datasets: samples.map((sample) => ({
      id: `dataset-${sample.geometry}`,
      ...(sample.geometry === 'polygon'
        ? { type: 'query', source: sampleQuery(sample.table) }
        : { type: 'table', source: sample.table }),
      connectionName: target.connectionName,
      providerId: 'postgres',
      label: sample.table,
      geoColumn: sample.geometryColumn === 'geom' ? 'geom' : `geom:${sample.geometryColumn}`,
      columns: [sample.categoryColumn, sample.numericColumn],
      format: 'tilejson',
    })),
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        mapState: { latitude, longitude, zoom, pitch: 0, bearing: 0 },
        visState: { ...config.visState, layers: samples.map(sampleLayer) },
      },
    },
  }
}

function sampleLayer(sample: DemoSample): MapDocument['keplerMapConfig']['config']['visState']['layers'][number] {
  return {
    id: `layer-${sample.geometry}`,
    type: 'tileset',
    config: {
      dataId: `dataset-${sample.geometry}`,
      label: sample.table,
      color: [241, 92, 23],
      isVisible: true,
      textLabel: [],
      visConfig: {
        filled: sample.geometry !== 'line',
        stroked: true,
        opacity: 0.9,
        radius: 4,
        radiusRange: [2, 12],
        thickness: 1.5,
        colorRange: { name: 'Bold', type: 'qualitative', category: 'CARTO', colors: COLORS },
        strokeColorRange: { name: 'Bold', type: 'qualitative', category: 'CARTO', colors: COLORS },
      },
    },
    visualChannels: {
      colorField: { name: sample.categoryColumn, type: 'string' },
      colorScale: 'ordinal',
      ...(sample.geometry === 'line'
        ? {
            strokeColorField: { name: sample.categoryColumn, type: 'string' },
            strokeColorScale: 'ordinal' as const,
          }
        : {}),
      ...(sample.geometry === 'point'
        ? { radiusField: { name: sample.numericColumn, type: 'real' }, radiusScale: 'sqrt' as const }
        : {}),
    },
  }
}
