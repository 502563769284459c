/** A directory that has proved itself with its token. */
export interface ScimCaller {
  readonly tokenId: string
  readonly organizationId: string
  readonly requestId: string
  /** Of the SCIM endpoints, without a slash at the end. */
  readonly baseUrl: string
}
