import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { joinOfferQuery } from '../../api/join-requests.ts'
import { organizationCreationQuery } from '../../api/session.ts'
import { Anchor } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { SignInMethods } from './sign-in-methods.tsx'
import { useCompleteSignIn } from './use-complete-sign-in.ts'

/** What the sign-in page shows: the ways to sign in, and what those can do who cannot. */
export function PasswordSignIn({ target }: { target: string | undefined }) {
  return (
    <SignInMethods onSignedIn={useCompleteSignIn(target)} target={target}>
      <Anchor size="sm" renderRoot={(props) => <Link to="/forgot-password" {...props} />}>
        {messages.forgot}
      </Anchor>
      <AskToJoin />
      <CreateOrganization />
    </SignInMethods>
  )
}

/** Where the one organization of the server takes requests; absent otherwise. */
function AskToJoin() {
  const { data } = useQuery(joinOfferQuery(undefined))
  if (!data?.open) return null
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/join" {...props} />}>
      {messages.askToJoin}
    </Anchor>
  )
}

/** Where visitors may create organizations; absent otherwise. */
function CreateOrganization() {
  const { data } = useQuery(organizationCreationQuery)
  if (!data?.open) return null
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/create-organization" {...props} />}>
      {messages.createOrganization}
    </Anchor>
  )
}
