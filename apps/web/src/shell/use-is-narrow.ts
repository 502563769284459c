import { useMediaQuery } from '../ui/index.ts'

/** Whether the window is as narrow as a phone, where the frame puts its sections below the page. */
export function useIsNarrow(): boolean {
  // Known before the first picture, so that nothing jumps.
  return useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false })
}
