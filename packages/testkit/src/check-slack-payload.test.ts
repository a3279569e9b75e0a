import { describe, expect, test } from 'vitest'
import { checkSlackPayload } from './check-slack-payload.ts'

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })

describe('a Slack payload', () => {
  test.each([
    ['text alone', { text: 'hello' }],
    ['blocks alone', { blocks: [section('hello')] }],
    [
      'a header and fields',
      {
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'Down' } },
          { type: 'section', fields: [{ type: 'mrkdwn', text: '*Severity*' }] },
        ],
      },
    ],
    ['a coloured attachment with blocks', { attachments: [{ color: '#d00', blocks: [section('hello')] }] }],
  ])('with %s is taken', (_, payload) => {
    expect(checkSlackPayload(JSON.stringify(payload))).toEqual({ payload })
  })

  test('in a form field is taken', () => {
    const body = `payload=${encodeURIComponent('{"text":"hello & goodbye"}')}`
    expect(checkSlackPayload(body)).toEqual({ payload: { text: 'hello & goodbye' } })
  })

  test.each([
    ['that is no JSON', '{text:', 'invalid_payload'],
    ['that is an array', '[]', 'invalid_payload'],
    ['that is empty', '{}', 'no_text'],
    ['with an empty text', '{"text":""}', 'no_text'],
    [
      'with a header over 150 characters',
      JSON.stringify({ blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }),
      'invalid_blocks',
    ],
    [
      'with a section over 3000 characters',
      JSON.stringify({ blocks: [section('x'.repeat(3001))] }),
      'invalid_blocks',
    ],
    [
      'with eleven fields',
      JSON.stringify({
        blocks: [{ type: 'section', fields: Array(11).fill({ type: 'mrkdwn', text: 'x' }) }],
      }),
      'invalid_blocks',
    ],
    ['with 51 blocks', JSON.stringify({ blocks: Array(51).fill({ type: 'divider' }) }), 'invalid_blocks'],
    ['with an unknown block', JSON.stringify({ blocks: [{ type: 'banner' }] }), 'invalid_blocks'],
    [
      'with a bad block in an attachment',
      JSON.stringify({ attachments: [{ blocks: [section('')] }] }),
      'invalid_blocks',
    ],
    [
      'with 101 attachments',
      JSON.stringify({ attachments: Array(101).fill({ text: 'x' }) }),
      'too_many_attachments',
    ],
  ])('%s is refused', (_, body, fault) => {
    expect(checkSlackPayload(body)).toEqual({ fault })
  })
})
