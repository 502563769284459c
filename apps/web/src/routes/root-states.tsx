import { IconMapSearch } from '@tabler/icons-react'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { Button, Center, ErrorState, PageState } from '../ui/index.ts'

/** Shown when a page's code or its first answer failed. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <Center mih="100%">
      <ErrorState
        error={error}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </Center>
  )
}

/** Shown for an address that no page has. */
export function RouteMissing() {
  return (
    <Center mih="100%">
      <PageState
        icon={<IconMapSearch size={20} />}
        title="There is no such page"
        actions={
          <Button renderRoot={(props) => <Link to="/" {...props} />} variant="default">
            Go to Home
          </Button>
        }
      >
        The address may be mistyped, or what it led to was deleted.
      </PageState>
    </Center>
  )
}
