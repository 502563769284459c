import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForPort } from './pgbouncer.ts'
import { findProgram } from './postgres-binaries.ts'
import { findFreePort, startServerProcess } from './server-process.ts'
import { giveTo, serverUser } from './system-user.ts'

export interface TestProxy {
  /** `http://127.0.0.1:…` */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts nginx as a shared cache in front of a server on 127.0.0.1. It keeps whatever the server does not forbid, ten
 * minutes long, under the address alone, and says in `x-proxy-cache` what it did.
 */
export async function startCachingProxy(serverPort: number): Promise<TestProxy> {
  const program = findProgram('nginx', 'nginx-light')
  const user = serverUser()
  const folder = await mkdtemp(join(tmpdir(), 'graticule-nginx-'))
  const port = await findFreePort()
  const configuration = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const folders = ['cache', ...temporary.map((name) => `${name}_temp`)].map((name) => join(folder, name))
  for (const path of folders) mkdirSync(path)
  writeFileSync(
    configuration,
    `daemon off;
master_process off;
error_log stderr warn;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name}_temp;`).join('\n  ')}
  proxy_cache_path ${folder}/cache keys_zone=answers:10m;
  upstream graticule { server 127.0.0.1:${serverPort}; keepalive 32; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://graticule;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_cache answers;
      proxy_cache_key $request_uri;
      proxy_cache_valid any 10m;
      add_header x-proxy-cache $upstream_cache_status always;
    }
  }
}
`,
  )
  giveTo(user, folder, configuration, ...folders)
  const server = startServerProcess(program, ['-e', 'stderr', '-c', configuration, '-p', folder], folder, user)
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(server, port)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}
