import { expect, test } from 'vitest'
import { chooseMessage } from './choose-message.ts'

test.each<readonly [string | undefined, string | undefined, 1 | 2]>([
  [undefined, undefined, 1],
  ['', '', 1],
  ['application/x-protobuf', 'snappy', 1],
  ['Application/X-Protobuf ; charset=utf-8', 'Snappy', 1],
  ['application/x-protobuf;proto=prometheus.WriteRequest', 'snappy', 1],
  ['application/x-protobuf;proto=io.prometheus.write.v2.Request', 'snappy', 2],
  ['application/x-protobuf; charset=utf-8; proto="io.prometheus.write.v2.Request"', 'snappy', 2],
])('%s in %s is version %i', (type, encoding, version) => {
  expect(chooseMessage(type, encoding)).toBe(version)
})

test.each([
  ['application/json', 'snappy', 'expected application/x-protobuf as the first (media) part'],
  ['application/x-protobuf-schema', 'snappy', 'expected application/x-protobuf as the first'],
  [';proto=prometheus.WriteRequest', 'snappy', 'expected application/x-protobuf'],
  [
    'application/x-protobuf;proto=io.prometheus.write.v3.Request',
    'snappy',
    'v3.Request protobuf message is not accepted by this server; accepted prometheus.WriteRequest, io.prometheus',
  ],
  ['application/x-protobuf;proto=', 'snappy', 'is not accepted by this server'],
  [
    'application/x-protobuf',
    'gzip',
    'gzip encoding (compression) is not accepted by this server; only snappy',
  ],
  ['application/x-protobuf', 'snappy, gzip', 'is not accepted by this server'],
])('%s in %s is not supported', (type, encoding, message) => {
  expect(() => chooseMessage(type, encoding)).toThrow(
    expect.objectContaining({ code: 'unsupported', status: 415, message: expect.stringContaining(message) }),
  )
})
