import { IconAlertTriangle } from '@tabler/icons-react'
import { useConnectionWarning } from '../../shell/use-policy-rule.ts'
import { Alert } from '../../ui/index.ts'

/** Says that there are more connections than the organization means to have, or will be with those that are added. */
export function ConnectionWarning({ more = 0 }: { more?: number }) {
  const warning = useConnectionWarning(more)
  if (warning === undefined) return null
  return (
    <Alert role="status" color="yellow" icon={<IconAlertTriangle size={16} />} py={8} px={12} mb="sm">
      {warning}
    </Alert>
  )
}
