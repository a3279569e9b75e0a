// Stands in for Mailpit where its image cannot be had: takes every mail by SMTP on 1025, and answers
// GET /api/v1/messages on 8025 with their subjects, as Mailpit does.
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

const messages = []

/** The header's value, its folded lines put together and its encoded words read. */
function header(lines, name) {
  const end = lines.indexOf('')
  const head = lines
    .slice(0, end < 0 ? lines.length : end)
    .join('\n')
    .replace(/\n[ \t]+/g, ' ')
  const value = new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? ''
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind, text) =>
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : decodeQuoted(text),
    )
}

function decodeQuoted(text) {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

const smtp = createServer((socket) => {
  const say = (line) => socket.write(`${line}\r\n`)
  let body
  socket.on('error', () => {})
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
    if (body) {
      if (line !== '.') return void body.push(line.replace(/^\./, ''))
      messages.unshift({ Subject: header(body, 'Subject'), Created: new Date().toISOString() })
      body = undefined
      return say('250 taken')
    }
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'DATA') {
      body = []
      return say('354 go on')
    }
    if (verb === 'QUIT') return socket.end('221 bye\r\n')
    say(/^(EHLO|HELO|MAIL|RCPT|RSET|NOOP)$/.test(verb) ? '250 yes' : '502 no such command')
  })
  say('220 mail-sink')
})

const http = createHttpServer((request, response) => {
  const known = request.url?.startsWith('/api/v1/messages')
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(known ? { total: messages.length, messages } : { error: 'not found' }))
})

smtp.listen(1025)
http.listen(8025)
process.on('SIGTERM', () => process.exit(0))
