import { type Static, Type } from 'typebox'

const Timestamp = Type.String({ format: 'date-time' })

/** 3–51 lower-case letters, digits, `-` or `_`, neither first nor last a dash or underscore. */
export const NamedSourceName = Type.String({
  minLength: 3,
  maxLength: 51,
  pattern: '^[a-z0-9][a-z0-9_-]*[a-z0-9]$',
})
const Sql = Type.String({ minLength: 1, maxLength: 1_000_000, description: 'One SELECT; parameters as :name or $1.' })
const Description = Type.String({ maxLength: 1_000 })

/** A named source as its owner sees it: nobody else is ever sent its SQL. */
export const NamedSource = Type.Object({
  id: Type.String(),
  name: NamedSourceName,
  description: Type.String(),
  connection_name: Type.String(),
  source: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type NamedSource = Static<typeof NamedSource>

/** POST /v3/named-sources */
export const NamedSourceCreateBody = Type.Object({
  name: NamedSourceName,
  connection_name: Type.String({ minLength: 1 }),
  source: Sql,
  description: Type.Optional(Description),
})

/** PATCH: what is left out stays. The name and the connection are what programs and tokens know it by, so they stay too. */
export const NamedSourceUpdateBody = Type.Object({
  source: Type.Optional(Sql),
  description: Type.Optional(Description),
})
