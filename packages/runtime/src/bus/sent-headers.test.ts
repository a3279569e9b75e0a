import { MsgHdrsImpl } from '@nats-io/transport-node'
import { expect, it } from 'vitest'
import { SentHeaders } from './sent-headers.ts'

it('is read by the client as what was set last, be it not of the alphabet', () => {
  const headers = new SentHeaders()
  headers.set('Nats-Msg-Id', 'old')
  headers.set('Tocsin-Place', ' 7 ')
  expect(headers.byteLength).toBe(headers.encode().byteLength)
  headers.set('Nats-Msg-Id', 'né')
  const read = MsgHdrsImpl.decode(headers.encode())
  expect(read.keys().map((name) => [name, read.values(name)])).toEqual([
    ['Nats-Msg-Id', ['né']],
    ['Tocsin-Place', ['7']],
  ])
})

it('takes no value that would begin another header', () => {
  expect(() => new SentHeaders().set('A', '1\r\nB: 2')).toThrow('the header A must be one line')
})
