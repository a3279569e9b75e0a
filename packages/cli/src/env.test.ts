import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readEnvFile } from './env.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-env-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('a file of settings may have a hash sign in a value; a comment begins after a blank', () => {
  const file = join(folder, '.env')
  writeFileSync(
    file,
    [
      '# who is told',
      'SLACK_CHANNEL=#monitoring',
      'export SLACK_ICON = #bell',
      "SMTP_PASS=a#b'c # the password\r",
      'COLOUR=#',
      'EMPTY=# nothing yet',
      'EMAIL_TO=a@example.com # the team',
      'QUOTED="#x" # kept',
      'WEBHOOK_HEADERS={"Authorization": "Bearer a#b"}',
    ].join('\n'),
  )
  expect(readEnvFile(file)).toEqual({
    SLACK_CHANNEL: '#monitoring',
    SLACK_ICON: '#bell',
    SMTP_PASS: "a#b'c",
    COLOUR: '',
    EMPTY: '',
    EMAIL_TO: 'a@example.com',
    QUOTED: '#x',
    WEBHOOK_HEADERS: '{"Authorization": "Bearer a#b"}',
  })
})

it('a folder in the place of a file of settings is named', () => {
  expect(() => readEnvFile(folder)).toThrow(`${folder} is a folder: make it a file of settings`)
})
