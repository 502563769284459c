import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'

/** Paths that the server answers itself; everything else is a page of the web app. */
const SERVER_PATHS = [
  '^/auth/',
  '^/oauth/',
  '^/v3/',
  '^/workspace-api/',
  '^/health/',
  '^/basemaps/[^/]+/style\\.json',
  '^/docs',
  '^/openapi\\.json',
]

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, '.', 'GRATICULE_').GRATICULE_DEV_SERVER ?? 'http://127.0.0.1:8080'
  return {
    plugins: [react()],
    build: {
      // An inlined font or image would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2_500,
    },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(SERVER_PATHS.map((path) => [path, { target }])),
    },
  }
})
