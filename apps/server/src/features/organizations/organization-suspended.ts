import { AppError, SIGN_IN_PROBLEMS } from '@graticule/contract'

/** What everybody is told who comes to an organization that is suspended, whichever way they come. */
export function organizationSuspended(): AppError {
  return new AppError('organization_suspended', SIGN_IN_PROBLEMS.organization_suspended, {
    details: { rule: 'organization.suspended' },
  })
}
