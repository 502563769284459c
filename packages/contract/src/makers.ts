import { Type } from 'typebox'

/** Whom a rule leaves an ability to: everybody whose role has it, those of them who are admins, or nobody. */
export const MAKERS = ['editors', 'admins', 'nobody'] as const
export type Makers = (typeof MAKERS)[number]
export const MakersSchema = Type.Enum([...MAKERS])
