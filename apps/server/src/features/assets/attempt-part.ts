import { AppError, type ResourceKey, type ResourceResult } from '@graticule/contract'

/** Does one part of a batch. A refusal belongs to that part; anything else fails the batch. */
export async function attemptPart(
  { resourceType, id }: ResourceKey,
  act: () => Promise<unknown>,
): Promise<ResourceResult> {
  try {
    await act()
    return { resourceType, id, success: true }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { resourceType, id, success: false, failureReason: error.message }
  }
}
