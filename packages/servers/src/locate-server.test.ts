import { expect, test } from 'vitest'
import { missingServer } from './locate-server.ts'

test('the error for a missing server says why it was not installed, and exactly what to install', () => {
  const error = missingServer('nats', new Error('installing needs root, and sudo would ask for a password'))
  expect(error).toMatchObject({ code: 'missing', retryable: false })
  expect(error.message).toBe(
    'nats-server is not installed: ' +
      'on Debian or Ubuntu `sudo apt-get install nats-server`, on macOS `brew install nats-server`, ' +
      'elsewhere see https://nats.io/download/\n' +
      '  It could not be installed for you: installing needs root, and sudo would ask for a password',
  )
})
