import { WriteError } from './write-error.ts'

/** Which message the body is: `prometheus.WriteRequest`, or `io.prometheus.write.v2.Request`. */
export type MessageVersion = 1 | 2

const MEDIA_TYPE = 'application/x-protobuf'
const MESSAGES: ReadonlyMap<string, MessageVersion> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
])

/**
 * The message that a request says it carries. As in Prometheus, a client that says nothing means version 1 in snappy.
 * @throws {WriteError} `unsupported`
 */
export function chooseMessage(
  contentType: string | undefined,
  contentEncoding: string | undefined,
): MessageVersion {
  const version = messageOf(contentType ?? '')
  const encoding = (contentEncoding ?? '').trim().toLowerCase()
  if (encoding !== '' && encoding !== 'snappy')
    throw unsupported(
      `${encoding.slice(0, 100)} encoding (compression) is not accepted by this server; only snappy is acceptable`,
    )
  return version
}

function messageOf(contentType: string): MessageVersion {
  const [mediaType = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  if (mediaType === '' && parameters.length === 0) return 1
  if (mediaType.toLowerCase() !== MEDIA_TYPE)
    throw unsupported(
      `expected ${MEDIA_TYPE} as the first (media) part, got ${contentType.slice(0, 200)} content-type`,
    )
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() === 'proto') return versionOf(value.trim().replace(/^"(.*)"$/, '$1'))
  }
  return 1
}

function versionOf(message: string): MessageVersion {
  const version = MESSAGES.get(message)
  if (version !== undefined) return version
  const accepted = [...MESSAGES.keys()].join(', ')
  throw unsupported(
    `${message.slice(0, 200)} protobuf message is not accepted by this server; accepted ${accepted}`,
  )
}

function unsupported(message: string): WriteError {
  return new WriteError('unsupported', message)
}
