import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toDelivery } from './delivery.ts'
import { runStages } from './run-stages.ts'
import { decodeJson, done, parseWith, pipeline } from './stages.ts'

const position = {
  stream: 'S',
  deliveryCount: 1,
  streamSequence: 1,
  consumerSequence: 1,
  timeMs: 0,
  pending: 0,
}

function deliver(data: string | Uint8Array) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  const message = {
    subject: 's',
    sid: 1,
    data: bytes,
    respond: () => true,
    json: () => null,
    string: () => '',
  }
  // What a stage sees of a message needs none of its methods.
  const { signal } = new AbortController()
  return toDelivery(message as never, position, { replaying: false, signalOf: () => signal })
}

const order = z.object({ n: z.number() })

describe('stages', () => {
  it('get what the one before answered, and stay synchronous while all are', () => {
    const seen: number[] = []
    const stages = pipeline(
      decodeJson,
      parseWith(order),
      ({ n }) => n * 2,
      (n) => void seen.push(n),
    )
    expect(runStages(stages, deliver('{"n":21}'), 100)).toEqual({ done: 'ok' })
    expect(seen).toEqual([42])
  })

  it('may take their time', async () => {
    const stages = pipeline(
      decodeJson,
      async (json) => json,
      (json) => done(String((json as { n: number }).n)),
    )
    const outcome = runStages(stages, deliver('{"n":1}'), 100)
    expect(outcome).toBeInstanceOf(Promise)
    expect(await outcome).toEqual({ done: '1' })
  })

  it('end early when one says done', async () => {
    const never = () => {
      throw new Error('must not run')
    }
    expect(
      runStages(
        pipeline(() => done('skipped'), never),
        deliver('x'),
        100,
      ),
    ).toEqual({ done: 'skipped' })
    expect(
      await runStages(
        pipeline(async () => done('skipped'), never),
        deliver('x'),
        100,
      ),
    ).toEqual({ done: 'skipped' })
  })

  it.each([
    ['{"n":', 'invalid_json'],
    [new Uint8Array([0xc3, 0x28]), 'invalid_utf8'],
    ['{"n":"1"}', 'invalid_schema'],
    ['NaN', 'invalid_json'],
    ['x'.repeat(101), 'too_large'],
  ])('refuse %s as %s', (data, code) => {
    const stages = pipeline(decodeJson, parseWith(order))
    expect(runStages(stages, deliver(data), 100)).toMatchObject({ error: { code } })
  })

  it('answer with the error of one that rejects', async () => {
    const stages = pipeline(async () => {
      throw new Error('no')
    })
    expect(await runStages(stages, deliver('x'), 100)).toMatchObject({ error: { message: 'no' } })
  })
})
