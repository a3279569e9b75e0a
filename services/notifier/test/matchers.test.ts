import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatMatchers } from '../src/matchers/format-matcher.ts'
import { parseClassicMatchers } from '../src/matchers/parse-classic.ts'
import { parseMatchers } from '../src/matchers/parse-matchers.ts'

const run = promisify(execFile)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-matchers-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The matchers as amtool reads them and writes them again; undefined where it refuses them. */
async function askAmtool(text: string): Promise<string | undefined> {
  const route = { receiver: 'a', routes: [{ matchers: [text] }] }
  const file = join(folder, 'alertmanager.yml')
  await writeFile(file, JSON.stringify({ route, receivers: [{ name: 'a' }] }))
  try {
    const { stdout } = await run('amtool', ['config', 'routes', 'show', `--config.file=${file}`])
    return /^ {4}└── (.*) {2}receiver: a$/m.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

function written(parse: typeof parseClassicMatchers, text: string): string | undefined {
  try {
    return formatMatchers(parse(text))
  } catch {
    return undefined
  }
}

describe('matchers in the classic syntax', () => {
  it.each([
    'a=b',
    'a="b"',
    ' a = "b" , c =~ "d|e" ',
    '{a!="b",c!~"d"}',
    'foo=',
    'foo=""',
    String.raw`a="q\"uo\\te\n"`,
    String.raw`a="\d+\."`,
    String.raw`a=x\"y`,
    'a="x"y"',
    'a=x"',
    'a="',
    'a="b\\"',
    'a="x,y"',
    'a=b,',
    'a=b,,c=d',
    'a==b',
    'a=!b',
    "a='b'",
    'a.b=c',
    'ünï=c',
    'a',
    '=b',
    'a="🙂 x"',
    'a=x y',
    '1a=b',
    'a:b=c',
    'a=b}',
    '{a=b',
    'a="b"\n',
  ])('%s is read, or refused, as amtool does', async (text) => {
    expect(written(parseClassicMatchers, text)).toBe(await askAmtool(text))
  })

  it.each([
    '{alertname="HighErrorRate",severity=~"high|critical"}',
    String.raw`a="q\"uo\\te\n"`,
    'a=b, c!=d',
  ])('%s means the same in both syntaxes', async (text) => {
    expect(written(parseMatchers, text)).toBe(await askAmtool(text))
  })
})
