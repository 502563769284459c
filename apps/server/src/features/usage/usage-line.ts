/** A line of the usage as it is kept. */
export interface UsageLine {
  readonly day: string
  readonly userId: string
  readonly method: string
  readonly client: string
  readonly mapId: string
  readonly weight: number
  readonly requests: number
}
