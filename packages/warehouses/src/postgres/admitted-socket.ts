import { type LookupFunction, Socket } from 'node:net'
import type { AdmitHost } from '../provider.ts'

/** A socket that asks where it may lead before it connects, and connects nowhere else. */
export class AdmittedSocket extends Socket {
  readonly #admitHost: AdmitHost

  constructor(admitHost: AdmitHost) {
    super()
    this.#admitHost = admitHost
  }

  /** As the driver calls it, with a port and a host; an error is emitted as of any socket. */
  override connect(...where: unknown[]): this {
    const [port, host] = where
    if (typeof port !== 'number' || typeof host !== 'string') throw new Error('The driver connects otherwise now.')
    this.#open(port, host).catch((error: unknown) => {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    })
    return this
  }

  async #open(port: number, host: string): Promise<void> {
    const addresses = await this.#admitHost(host, port)
    // Whoever waited for it may have given up meanwhile.
    if (this.destroyed) return
    const lookup: LookupFunction = (_host, options, done) => {
      const [first] = addresses
      if (first === undefined) done(new Error(`${host} has no address.`), '')
      else if (options.all) done(null, [...addresses])
      else done(null, first.address, first.family)
    }
    super.connect({ port, host, lookup })
  }
}
