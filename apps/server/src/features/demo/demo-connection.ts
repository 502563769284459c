/** The connection to the embedded warehouse. The alias is the name that CARTO's published samples use. */
export const DEMO_CONNECTION = { name: 'demo-warehouse', aliases: ['carto_dw'], providerId: 'postgres' } as const
