import { folderSink } from './folder/sink.ts'
import { s3Sink } from './s3/sink.ts'
import type { SinkKind } from './sink.ts'
import { syslogSink } from './syslog/sink.ts'
import { webhookSink } from './webhook/sink.ts'

/** Every kind of destination for events. */
export const SINK_KINDS: readonly SinkKind[] = [syslogSink, webhookSink, s3Sink, folderSink]
