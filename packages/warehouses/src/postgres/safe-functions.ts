/**
 * Which functions a statement may call that is bound to named tables: those that see nothing but their arguments. What
 * reads by a name or a text that it is handed (`query_to_xml`, `pg_read_file`, `lo_get`, `ts_stat`…) is in none of
 * these lists, nor is what a later version adds, nor anything that somebody defined in the database.
 */

/** Built-in functions that are not immutable, though they look at the clock, the time zone or chance alone. */
const BUILT_IN = new Set(
  `age anytextcat array_to_json array_to_string clock_timestamp concat concat_ws convert convert_from convert_to
current_date current_timestamp date date_cmp_timestamptz date_eq_timestamptz date_ge_timestamptz date_gt_timestamptz
date_le_timestamptz date_lt_timestamptz date_ne_timestamptz date_part date_trunc enum_first enum_last enum_range extract
format gen_random_uuid generate_series in_range interval_pl_timestamptz json_agg json_agg_strict json_array
json_build_array json_build_object json_object_agg json_object_agg_strict json_object_agg_unique
json_object_agg_unique_strict json_populate_record json_populate_recordset json_to_record json_to_recordset
json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array jsonb_build_object jsonb_object_agg jsonb_object_agg_strict
jsonb_object_agg_unique jsonb_object_agg_unique_strict jsonb_path_exists_tz jsonb_path_match_tz
jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_recordset
jsonb_to_record jsonb_to_recordset jsonb_to_tsvector length make_timestamptz money now numeric overlaps phraseto_tsquery
plainto_tsquery quote_literal quote_nullable random row_to_json statement_timestamp textanycat time timeofday timestamp
timestamp_cmp_timestamptz timestamp_eq_timestamptz timestamp_ge_timestamptz timestamp_gt_timestamptz
timestamp_le_timestamptz timestamp_lt_timestamptz timestamp_ne_timestamptz timestamptz timestamptz_cmp_date
timestamptz_cmp_timestamp timestamptz_eq_date timestamptz_eq_timestamp timestamptz_ge_date timestamptz_ge_timestamp
timestamptz_gt_date timestamptz_gt_timestamp timestamptz_le_date timestamptz_le_timestamp timestamptz_lt_date
timestamptz_lt_timestamp timestamptz_mi_interval timestamptz_ne_date timestamptz_ne_timestamp timestamptz_pl_interval
timetz timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp
ts_headline ts_match_tq ts_match_tt websearch_to_tsquery`.split(/\s+/),
)

/** Extensions whose immutable functions are what they say. */
const EXTENSIONS = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'h3',
  'h3_postgis',
  'hstore',
  'intarray',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'postgis',
  'postgis_sfcgal',
  'unaccent',
  'uuid-ossp',
])

/** Functions of those extensions that are not immutable and see nothing but their arguments all the same. */
const OF_EXTENSIONS = new Set(
  `gen_random_uuid similarity_op st_asgeojson st_clusterkmeans st_generatepoints st_symmetricdifference
strict_word_similarity_op unaccent uuid_generate_v4 word_similarity_op`.split(/\s+/),
)

/** A function as the catalogue of the database knows it. */
export interface CataloguedFunction {
  readonly schema: string
  readonly name: string
  /** `i`, `s` or `v`: what it promises to depend on. */
  readonly volatility: string
  /** Whether it came with the server itself. */
  readonly isBuiltIn: boolean
  /** The extension that it belongs to. */
  readonly extension: string | null
}

/** Whether a function sees nothing but what it is handed. */
export function isSafeFunction({ name, volatility, isBuiltIn, extension }: CataloguedFunction): boolean {
  if (isBuiltIn) return volatility === 'i' || BUILT_IN.has(name)
  return extension !== null && EXTENSIONS.has(extension) && (volatility === 'i' || OF_EXTENSIONS.has(name))
}
