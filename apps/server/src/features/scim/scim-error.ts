import { AppError } from '@graticule/contract'
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

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
  }
}

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The body of a refusal; the status is a text there. */
export function toScimErrorBody({ status, scimType, message }: ScimError) {
  return { schemas: [ERROR_SCHEMA], status: String(status), ...(scimType && { scimType }), detail: message }
}

/** What was thrown, as a SCIM client may read it; null for a failure of ours. */
export function toScimError(error: unknown): ScimError | null {
  if (error instanceof ScimError) return error
  const known = error instanceof AppError ? error : (describeStoreFailure(error) ?? describeUnstorableText(error))
  if (known !== null) return known.status >= 500 && known.code === 'internal' ? null : fromAppError(known)
  const status = (error as { statusCode?: unknown }).statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ScimError(status, 'The request is not valid JSON of the expected form.', 'invalidSyntax')
  }
  return null
}

function fromAppError(error: AppError): ScimError {
  return new ScimError(error.status, error.message, error.status === 400 ? 'invalidValue' : undefined)
}
