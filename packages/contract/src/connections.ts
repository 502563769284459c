import { type Static, Type } from 'typebox'
import { MakersSchema } from './makers.ts'

// What connections are besides where they lead to and how to log in.

/** The bounds of the options of a connection. */
export const CONNECTION_LIMITS = {
  concurrentQueries: 100,
  queryTimeoutSeconds: 3_600,
  aliases: 20,
  bookmarks: 500,
} as const

/** A schema as PostgreSQL and its kin write one without quotes, so that nothing of it needs quoting anywhere. */
const SchemaName = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}$' })

/** How a connection is used; what is left out, or null, is as the server is set. */
export const ConnectionOptions = Type.Object(
  {
    maxConcurrentQueries: Type.Union(
      [Type.Integer({ minimum: 1, maximum: CONNECTION_LIMITS.concurrentQueries }), Type.Null()],
      { description: 'How many statements run in the warehouse at once; the others wait their turn.' },
    ),
    queryTimeoutSeconds: Type.Union(
      [Type.Integer({ minimum: 1, maximum: CONNECTION_LIMITS.queryTimeoutSeconds }), Type.Null()],
      { description: 'After how long a statement is cancelled, where it would not have been before.' },
    ),
    tempSchema: Type.Union([SchemaName, Type.Null()], {
      description: 'Where workflows put what they need for a while.',
    }),
    toolboxSchema: Type.Union([SchemaName, Type.Null()], {
      description: 'Where the functions of the analytics toolbox are installed.',
    }),
    neverCache: Type.Boolean({
      description: 'Whether every answer comes from the warehouse: none is kept here, nor by browsers.',
    }),
    exports: Type.Union([MakersSchema, Type.Null()], {
      description:
        'Who may take data out of it as files; null: whoever may run SQL, and nobody where everybody reads with a login of their own.',
    }),
  },
  { additionalProperties: false },
)
export type ConnectionOptions = Static<typeof ConnectionOptions>

export const DEFAULT_CONNECTION_OPTIONS: ConnectionOptions = {
  maxConcurrentQueries: null,
  queryTimeoutSeconds: null,
  tempSchema: null,
  toolboxSchema: null,
  neverCache: false,
  exports: null,
}

/** POST /v3/connections/test */
export const ConnectionTestResult = Type.Object({
  ok: Type.Boolean(),
  /** Of the server, as people read it. */
  version: Type.String(),
  /** What it works without, but not all that a workspace does with it. */
  warnings: Type.Array(Type.Object({ step: Type.String(), sentence: Type.String() })),
})
export type ConnectionTestResult = Static<typeof ConnectionTestResult>

/** DELETE …?targetConnectionId: how many of each kind read from the other connection now. */
export const ConnectionRepointed = Type.Object({ repointed: Type.Record(Type.String(), Type.Integer()) })
export type ConnectionRepointed = Static<typeof ConnectionRepointed>

/**
 * What reads from a connection, as far as the asker may know: GET …/dependents, and the `details` of the 409 that refuses
 * to delete it.
 */
export const ConnectionDependents = Type.Object({
  dependents: Type.Array(
    Type.Object({
      kind: Type.String({ description: '`map`, `workflow`, `named source`, `token`.' }),
      id: Type.String(),
      title: Type.String(),
      owner: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
    }),
  ),
  hiddenCount: Type.Integer({ description: 'How many more there are that stand in no list of the asker’s.' }),
})
export type ConnectionDependents = Static<typeof ConnectionDependents>
