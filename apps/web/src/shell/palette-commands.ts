import { useEffect } from 'react'
import { create } from 'zustand'

/** A command that the palette offers while the page that brought it is open. */
export interface PaletteCommand {
  readonly id: string
  readonly label: string
  readonly run: () => void
}

interface PaletteState {
  readonly commandsByPage: ReadonlyMap<symbol, readonly PaletteCommand[]>
}

/** The commands of the pages that are open now. */
export const usePaletteStore = create<PaletteState>(() => ({ commandsByPage: new Map() }))

/** Offers a page's commands in the palette for as long as the page is open. Pass a memoized list. */
export function usePaletteCommands(commands: readonly PaletteCommand[]): void {
  useEffect(() => {
    const page = Symbol('page')
    usePaletteStore.setState(({ commandsByPage }) => ({ commandsByPage: new Map(commandsByPage).set(page, commands) }))
    return () => {
      usePaletteStore.setState(({ commandsByPage }) => {
        const remaining = new Map(commandsByPage)
        remaining.delete(page)
        return { commandsByPage: remaining }
      })
    }
  }, [commands])
}
