import { SIGN_IN_PROBLEMS } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { sessionQuery } from '../../api/session.ts'
import { Alert, Entrance, Stack } from '../../ui/index.ts'
import { LinkSignIn } from './link-sign-in.tsx'
import { messages } from './messages.ts'
import { PasswordSignIn } from './password-sign-in.tsx'

const route = getRouteApi('/sign-in')

/** Signs in with e-mail and password, or by itself when the address carries a one-time link. */
export function SignInPage() {
  const { link, target, ended, problem } = route.useSearch()
  const session = useQuery({ ...sessionQuery, enabled: !link })
  if (!link && session.data) return <Navigate to={target ?? '/'} replace />
  return (
    <Entrance title={messages.title} foot={messages.help}>
      <Stack gap="md">
        {ended && <Alert color="gray">{messages.ended}</Alert>}
        {problem && (
          <Alert role="alert" color="yellow" title={messages.problemTitle}>
            {SIGN_IN_PROBLEMS[problem]}
          </Alert>
        )}
        {link ? <LinkSignIn key={link} link={link} target={target} /> : <PasswordSignIn target={target} />}
      </Stack>
    </Entrance>
  )
}
