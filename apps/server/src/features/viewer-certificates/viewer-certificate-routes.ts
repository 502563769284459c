import { CertificateSetup, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ViewerCertificateService } from './viewer-certificate-service.ts'

/** What lets people in by certificates, for those who keep the connection. */
export function registerViewerCertificateRoutes(app: App, certificates: ViewerCertificateService): void {
  app.post(
    '/v3/connections/:idOrName/certificate-setup',
    {
      config: { access: 'session', action: 'connection.update' },
      schema: {
        tags: ['Connections'],
        summary: 'What to set up in the database so that people are let in without a password',
        description:
          'Makes the authority of the organization if there is none. Nothing is changed in the database: the lines are for its administrator.',
        params: Type.Object({ idOrName: Type.String() }),
        response: { 200: CertificateSetup, '4xx': ErrorBody, '5xx': ErrorBody },
      },
    },
    async (request, reply) => certificates.setUp(userCallerOf(request, reply), request.params.idOrName),
  )
}
