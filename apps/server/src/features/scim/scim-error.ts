import { AppError, REFUSAL_STATUSES, type RefusalRule, SCIM_REFUSAL_SCHEMA } from '@graticule/contract'
import { describeStoreFailure, describeUnstorableText } from '../../platform/db/store-errors.ts'

/** The kinds of mistakes that RFC 7644 names (section 3.12). */
export type ScimType =
  | 'invalidFilter'
  | 'uniqueness'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'tooMany'

/** A refusal as a SCIM client reads it. Its detail is safe to show. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined
  /** Of a refusal (403, 409, 422): the rule by which it is refused. */
  readonly rule: string | undefined

  constructor(status: 400 | 401 | 404 | 412 | 500, detail: string, scimType?: ScimType)
  constructor(status: number, detail: string, scimType: ScimType | undefined, rule: RefusalRule | undefined)
  constructor(status: number, detail: string, scimType?: ScimType, rule?: RefusalRule) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
    this.rule = rule
  }
}

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/**
 * The body of a refusal; the status is a text there. What the standard has no place for stands under a schema of ours,
 * which clients that do not know it pass over.
 */
export function toScimErrorBody({ status, scimType, message, rule }: ScimError, decisionId?: string) {
  const refusal = rule === undefined ? null : { rule, ...(decisionId !== undefined && { decisionId }) }
  return {
    schemas: refusal === null ? [ERROR_SCHEMA] : [ERROR_SCHEMA, SCIM_REFUSAL_SCHEMA],
    status: String(status),
    ...(scimType && { scimType }),
    detail: message,
    ...(refusal !== null && { [SCIM_REFUSAL_SCHEMA]: refusal }),
  }
}

/** What was thrown, as a SCIM client may read it; null for a failure of ours. */
export function toScimError(error: unknown): ScimError | null {
  if (error instanceof ScimError) return error
  const known = error instanceof AppError ? error : (describeStoreFailure(error) ?? describeUnstorableText(error))
  if (known !== null) return known.status >= 500 && known.code === 'internal' ? null : fromAppError(known)
  const status = (error as { statusCode?: unknown }).statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ScimError(status, 'The request is not valid JSON of the expected form.', 'invalidSyntax', undefined)
  }
  return null
}

function fromAppError(error: AppError): ScimError {
  const scimType = error.status === 400 ? 'invalidValue' : undefined
  const rule = REFUSAL_STATUSES.some((status) => status === error.status) ? error.details?.rule : undefined
  return new ScimError(error.status, error.message, scimType, rule as RefusalRule | undefined)
}
