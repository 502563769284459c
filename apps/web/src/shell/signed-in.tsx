import { Outlet } from '@tanstack/react-router'
import { CommandPalette } from './command-palette.tsx'
import { RouteAnnouncer } from './route-announcer.tsx'

/** What every page of a signed-in person shares, Builder included: the command palette. */
export function SignedIn() {
  return (
    <>
      <Outlet />
      <RouteAnnouncer />
      <CommandPalette />
    </>
  )
}
