import { JetStreamApiError } from '@nats-io/jetstream'
import { expect, it } from 'vitest'
import { apiCode, toBusError } from './bus-error.ts'

it('takes a disk that is full for something that passes, so that nothing accepted is given up for it', () => {
  const cause = new JetStreamApiError({
    code: 500,
    err_code: apiCode.insufficientStorage,
    description: 'insufficient storage resources available',
  })
  expect(toBusError(cause, 'storing')).toMatchObject({ code: 'unavailable', retryable: true })
})
