import { AwsClient } from 'aws4fetch'
import { nameFile, toJsonLines } from '../json-lines.ts'
import type { SinkKind } from '../sink.ts'

/**
 * Puts files of JSON lines into a bucket of S3 or what speaks like it:
 * `s3+https://KEY_ID:SECRET@s3.eu-central-1.amazonaws.com/bucket/prefix?region=eu-central-1`.
 */
export const s3Sink: SinkKind = {
  protocols: ['s3+https:', 's3+http:'],
  open(address) {
    const [bucket = '', ...prefix] = address.pathname.split('/').filter((part) => part !== '')
    if (bucket === '' || address.username === '' || address.password === '') {
      throw new Error('The address of a bucket is s3+https://KEY_ID:SECRET@host/bucket/prefix?region=…')
    }
    const client = new AwsClient({
      accessKeyId: decodeURIComponent(address.username),
      secretAccessKey: decodeURIComponent(address.password),
      service: 's3',
      region: address.searchParams.get('region') ?? 'us-east-1',
      retries: 0,
    })
    const base = [`${address.protocol.slice(3)}//${address.host}`, bucket, ...prefix].join('/')
    return {
      async deliver(events, signal) {
        const answer = await client.fetch(`${base}/${nameFile(events)}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/x-ndjson' },
          body: toJsonLines(events),
          signal,
        })
        await answer.body?.cancel()
        if (!answer.ok) throw new Error(`${address.host} answered ${answer.status}.`)
      },
    }
  },
}
