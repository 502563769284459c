import { Skeleton, Stack } from '@mantine/core'

/** Stands for the rows of a table while they are loaded. */
export function RowsSkeleton({ count }: { count: number }) {
  return (
    <Stack gap={8}>
      {Array.from({ length: count }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  )
}
