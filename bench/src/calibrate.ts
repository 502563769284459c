/** Trials after which something is wrong with the work and not with its size. */
const MAX_TRIALS = 12
/** How much farther than the goal the next size aims, so that trials that come out a little short do not go on for ever. */
const MARGIN = 1.1
/** The first trial also pays for what is warm afterwards, and must not send the second one beyond all measure. */
const MAX_GROWTH = 20

/** A size of work, from the first guess upwards, that has taken at least `minimumMs` in a trial of its own. */
export async function calibrate(
  takeMs: (size: number) => Promise<number>,
  firstSize: number,
  minimumMs: number,
): Promise<number> {
  let size = firstSize
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const took = await takeMs(size)
    if (took >= minimumMs) return size
    size = Math.ceil(size * Math.min(MAX_GROWTH, (minimumMs / took) * MARGIN))
  }
  throw new Error(`After ${MAX_TRIALS} trials nothing took ${minimumMs} ms; the last size was ${size}.`)
}
