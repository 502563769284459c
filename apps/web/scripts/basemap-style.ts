/** `{baseUrl}` in a style stands for the server's own address, which is filled in when the style is served. */
const BASE_URL = '{baseUrl}'

interface Palette {
  readonly label: string
  readonly water: string
  readonly land: string
  readonly border: string
  readonly stateBorder: string
  readonly graticule: string
  readonly countryText: string
  readonly cityText: string
  readonly waterText: string
  readonly halo: string
  readonly dot: string
}

const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    label: 'Graticule light',
    water: '#d9e2e7',
    land: '#f8f9f9',
    border: '#c2c9cf',
    stateBorder: '#dbe0e4',
    graticule: '#c5d1d9',
    countryText: '#7c8894',
    cityText: '#5d6874',
    waterText: '#93a7b5',
    halo: 'rgba(250,251,251,0.9)',
    dot: '#9aa5b0',
  },
  dark: {
    label: 'Graticule dark',
    water: '#12171c',
    land: '#1e252c',
    border: '#3a4651',
    stateBorder: '#2b353f',
    graticule: '#1e272f',
    countryText: '#7d8a97',
    cityText: '#98a4b0',
    waterText: '#45566a',
    halo: 'rgba(20,25,30,0.85)',
    dot: '#66737f',
  },
}

const ATTRIBUTION =
  '<a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener">Natural Earth</a> · ' +
  '<a href="https://www.geonames.org/" target="_blank" rel="noopener">GeoNames</a>'

/** The first family names a weight for MapLibre, which draws letters with the fonts of the page (no glyph server). */
const FONT_MEDIUM = ['Inter Medium', 'Inter Variable', 'Inter', 'system-ui', 'sans-serif']
const FONT_REGULAR = ['Inter', 'Inter Variable', 'system-ui', 'sans-serif']

/** Seas and oceans are few enough to be named by hand. */
const OCEANS: readonly (readonly [string, number, number])[] = [
  ['Pacific Ocean', -150, 5],
  ['Pacific Ocean', 165, 22],
  ['Atlantic Ocean', -38, 27],
  ['South Atlantic Ocean', -16, -24],
  ['Indian Ocean', 78, -20],
  ['Southern Ocean', 20, -58],
  ['Arctic Ocean', 0, 82],
]

function geojson(file: string, options: Record<string, unknown> = {}) {
  return { type: 'geojson', data: `${BASE_URL}/basemaps/data/${file}.json`, attribution: ATTRIBUTION, ...options }
}

/** One zoom level later for each rank. */
function byRank(firstZoom: number) {
  return ['<=', ['get', 'rank'], ['-', ['zoom'], firstZoom - 1]]
}

/** A MapLibre style in the given scheme: quiet land and water, and labels that come last so that data can go below. */
export function basemapStyle(scheme: 'light' | 'dark') {
  const palette = PALETTES[scheme]
  return {
    version: 8,
    name: palette.label,
    metadata: { 'graticule:scheme': scheme },
    sources: {
      land: geojson('land', { tolerance: 0.3 }),
      borders: geojson('borders', { tolerance: 0.3 }),
      'us-states': geojson('us-states', { tolerance: 0.3 }),
      graticule: geojson('graticule'),
      countries: geojson('countries'),
      cities: geojson('cities'),
      oceans: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: OCEANS.map(([name, longitude, latitude]) => ({
            type: 'Feature',
            properties: { name },
            geometry: { type: 'Point', coordinates: [longitude, latitude] },
          })),
        },
      },
    },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': palette.water } },
      {
        id: 'water_graticule',
        type: 'line',
        source: 'graticule',
        maxzoom: 7,
        paint: {
          'line-color': palette.graticule,
          'line-width': ['case', ['get', 'major'], 0.8, 0.4],
          'line-opacity': ['interpolate', ['linear'], ['zoom'], 0, 0.7, 6, 0.5, 7, 0],
        },
      },
      { id: 'landcover', type: 'fill', source: 'land', paint: { 'fill-color': palette.land, 'fill-antialias': true } },
      {
        id: 'boundary_state',
        type: 'line',
        source: 'us-states',
        minzoom: 3,
        paint: {
          'line-color': palette.stateBorder,
          'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.6, 8, 1.4],
          'line-opacity': ['interpolate', ['linear'], ['zoom'], 3, 0, 3.6, 1],
        },
      },
      {
        id: 'boundary_country',
        type: 'line',
        source: 'borders',
        layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: {
          'line-color': palette.border,
          'line-width': ['interpolate', ['linear'], ['zoom'], 0, 0.5, 4, 0.9, 8, 1.8],
        },
      },
      {
        id: 'watername_ocean_label',
        type: 'symbol',
        source: 'oceans',
        minzoom: 1.5,
        maxzoom: 6,
        layout: {
          'text-field': ['get', 'name'],
          'text-font': FONT_REGULAR,
          'text-size': ['interpolate', ['linear'], ['zoom'], 1, 10, 5, 15],
          'text-letter-spacing': 0.2,
          'text-max-width': 6,
        },
        paint: { 'text-color': palette.waterText },
      },
      {
        id: 'place_city_dot_label',
        type: 'circle',
        source: 'cities',
        minzoom: 4,
        maxzoom: 10,
        filter: byRank(3),
        paint: {
          'circle-radius': ['case', ['get', 'capital'], 2.4, 1.8],
          'circle-color': palette.land,
          'circle-stroke-color': palette.dot,
          'circle-stroke-width': 1,
        },
      },
      {
        id: 'place_city_label',
        type: 'symbol',
        source: 'cities',
        minzoom: 3,
        filter: byRank(3),
        layout: {
          'text-field': ['get', 'name'],
          'text-font': FONT_REGULAR,
          'text-size': [
            'interpolate',
            ['linear'],
            ['zoom'],
            3,
            10,
            6,
            ['case', ['<=', ['get', 'rank'], 3], 13, 11],
            10,
            15,
          ],
          'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
          'text-radial-offset': 0.5,
          'text-justify': 'auto',
          'text-max-width': 8,
          'text-padding': 4,
          'symbol-sort-key': ['get', 'rank'],
        },
        paint: { 'text-color': palette.cityText, 'text-halo-color': palette.halo, 'text-halo-width': 1.2 },
      },
      {
        id: 'place_country_label',
        type: 'symbol',
        source: 'countries',
        minzoom: 1.6,
        maxzoom: 8,
        filter: byRank(1.6),
        layout: {
          'text-field': ['get', 'name'],
          'text-font': FONT_MEDIUM,
          'text-size': [
            'interpolate',
            ['linear'],
            ['zoom'],
            1,
            9,
            4,
            ['case', ['<=', ['get', 'rank'], 2], 14, 11],
            7,
            17,
          ],
          'text-transform': 'uppercase',
          'text-letter-spacing': 0.08,
          'text-max-width': 7,
          'text-padding': 6,
          'symbol-sort-key': ['get', 'rank'],
        },
        paint: { 'text-color': palette.countryText, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
      },
    ],
  }
}
