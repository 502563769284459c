import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { CredentialDialog } from './credential-dialog.tsx'

/** Opens the dialog of a connection. Null where whoever looks can give no login. */
type AskCredentials = ((connection: string) => void) | null

const AskCredentialsContext = createContext<AskCredentials>(null)

/** What opens the one dialog of a connection, from wherever on the page something is missing. */
export function useAskCredentials(): AskCredentials {
  return useContext(AskCredentialsContext)
}

/** Holds the dialog for all that is below. */
export function AskCredentials(props: {
  /** Whether whoever looks is somebody who can give a login. */
  isPerson: boolean
  canRemove: boolean
  onChanged?: (connection: string) => void
  children: ReactNode
}) {
  const [asked, setAsked] = useState<{ connection: string; isOpen: boolean } | null>(null)
  const ask = useCallback((connection: string) => setAsked({ connection, isOpen: true }), [])
  const value = useMemo(() => (props.isPerson ? ask : null), [props.isPerson, ask])
  return (
    <AskCredentialsContext value={value}>
      {props.children}
      {asked && (
        <CredentialDialog
          key={asked.connection}
          connection={asked.connection}
          opened={asked.isOpen}
          canRemove={props.canRemove}
          onChanged={() => props.onChanged?.(asked.connection)}
          onClose={() => setAsked({ ...asked, isOpen: false })}
        />
      )}
    </AskCredentialsContext>
  )
}
