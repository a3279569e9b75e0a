import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { failOnLeaks, startHttpSink, startSlack, startSmtp } from '../src/mod.ts'

failOnLeaks({ beforeAll, afterAll })

const stops: (() => Promise<void>)[] = []
const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
  stops.push(() => started.stop())
  return started
}
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

const post = (url: string, body: string, init: RequestInit = {}) =>
  fetch(url, { method: 'POST', body, headers: { connection: 'close' }, ...init })

/** Sends a mail by hand; resolves with the server's replies, one per command. */
async function sendMail(port: number, content: string, to = 'oncall@example.com'): Promise<string[]> {
  const commands = [
    'EHLO test',
    'MAIL FROM:<bell@example.com>',
    `RCPT TO:<${to}>`,
    'DATA',
    `${content}\r\n.`,
    'QUIT',
  ]
  const socket = createConnection(port, '127.0.0.1')
  const replies: string[] = []
  for await (const line of createInterface({ input: socket })) {
    if (/^\d{3}-/.test(line)) continue
    replies.push(line)
    const command = commands.shift()
    if (command === undefined || /^[45]/.test(line)) break
    socket.write(`${command}\r\n`)
  }
  socket.destroy()
  return replies
}

describe('the SMTP server', () => {
  const content = 'Subject: [FIRING] DiskFull\r\nTo: oncall@example.com\r\n\r\nThe disk is full.'

  test('keeps parsed mails with their envelope', async () => {
    const smtp = keep(await startSmtp())
    const waiting = smtp.waitForMail((mail) => mail.subject?.includes('DiskFull') ?? false)
    const replies = await sendMail(smtp.port, content)
    expect(replies.at(-1)).toMatch(/^221/)
    const mail = await waiting
    expect(mail.text?.trim()).toBe('The disk is full.')
    expect(mail.envelope).toEqual({ from: 'bell@example.com', to: ['oncall@example.com'] })
    expect(smtp.mails).toHaveLength(1)
  })

  test('refuses for now, then takes the next attempt', async () => {
    const smtp = keep(await startSmtp())
    smtp.behave({ code: 451, message: 'greylisted' }, 'accept')
    expect((await sendMail(smtp.port, content)).at(-1)).toBe('451 greylisted')
    expect((await sendMail(smtp.port, content)).at(-1)).toMatch(/^221/)
    expect(smtp.attempts).toBe(2)
    expect(smtp.mails).toHaveLength(1)
  })

  test('hangs when told to, and can be stopped while it does', async () => {
    const smtp = keep(await startSmtp())
    smtp.behave('hang')
    const hanging = sendMail(smtp.port, content)
    await expect.poll(() => smtp.attempts).toBe(1)
    await smtp.stop()
    expect((await hanging).at(-1)).toMatch(/^(354|421)/)
  })
})

describe('the HTTP sink', () => {
  test('keeps requests and answers 200', async () => {
    const sink = keep(await startHttpSink())
    const waiting = sink.waitForRequest((request) => request.path === '/hook?a=1')
    const response = await post(`${sink.url}/hook?a=1`, '{"status":"firing"}')
    expect(response.status).toBe(200)
    const request = await waiting
    expect(request.method).toBe('POST')
    expect(request.json()).toEqual({ status: 'firing' })
    expect(request.headers['content-type']).toContain('text/plain')
  })

  test('answers a sequence, and stays with its last', async () => {
    const sink = keep(await startHttpSink())
    sink.answer(500, { status: 429, headers: { 'retry-after': '7' } }, 204)
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await post(sink.url, ''))
    expect(answers.map(({ status }) => status)).toEqual([500, 429, 204, 204])
    expect(answers[1]?.headers.get('retry-after')).toBe('7')
  })

  test('hangs and resets when told to', async () => {
    const sink = keep(await startHttpSink())
    sink.answer({ hang: true }, { reset: true }, 200)
    await expect(post(sink.url, '', { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/i)
    await expect(post(sink.url, '')).rejects.toThrow()
    expect((await post(sink.url, '')).status).toBe(200)
    expect(sink.requests).toHaveLength(3)
  })

  test('says what came when a wait is in vain', async () => {
    const sink = keep(await startHttpSink())
    await post(`${sink.url}/other`, 'something else')
    await expect(sink.waitForRequest((request) => request.path === '/wanted', 30)).rejects.toThrow(
      'waited 30 ms in vain for a request; what came:\n  POST /other something else',
    )
  })
})

describe('the Slack endpoint', () => {
  test('answers ok and keeps the message', async () => {
    const slack = keep(await startSlack())
    const response = await post(slack.url, '{"text":"DiskFull is firing"}')
    expect(await response.text()).toBe('ok')
    expect((await slack.waitForMessage()).payload).toEqual({ text: 'DiskFull is firing' })
  })

  test('answers as Slack does when the payload, the address or the pace is wrong', async () => {
    const slack = keep(await startSlack())
    const answer = async (url: string, body: string) => {
      const response = await post(url, body)
      return [response.status, await response.text()]
    }
    expect(await answer(slack.url, 'no json')).toEqual([400, 'invalid_payload'])
    expect(await answer(slack.url, '{}')).toEqual([400, 'no_text'])
    expect(await answer(`${slack.url}x`, '{"text":"hello"}')).toEqual([404, 'no_service'])
    slack.failNext({ status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } })
    expect(await answer(slack.url, '{"text":"hello"}')).toEqual([429, 'rate_limited'])
    expect(await answer(slack.url, '{"text":"hello"}')).toEqual([200, 'ok'])
    expect(slack.messages).toHaveLength(1)
    expect(slack.requests).toHaveLength(5)
  })
})
