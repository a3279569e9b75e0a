import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { isRunning, processBirth, spawnGuarded } from '../src/mod.ts'

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition did not come true within 10 s')
    await delay(10)
  }
}

/** Runs a parent that starts one guarded child which ignores TERM if told to; resolves with both pids. */
async function parentWithChild(scratch: string, childScript: string) {
  const mod = join(import.meta.dirname, '../src/mod.ts')
  const script = `
    import { spawnGuarded } from ${JSON.stringify(mod)}
    const child = await spawnGuarded({ command: '/bin/sh', args: ['-c', ${JSON.stringify(childScript)}], scratch: ${JSON.stringify(scratch)} })
    console.log(child.pid)
    setInterval(() => {}, 1000)
  `
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: parent.stdout })) return { parent, child: Number(line) }
  throw new Error('the parent wrote no pid')
}

describe('a guarded process', () => {
  test('dies with a parent that is killed by SIGKILL, and its scratch folder goes too', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-guard-'))
    const { parent, child } = await parentWithChild(scratch, 'sleep 300; true')
    expect(isRunning(child)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isRunning(child) && !existsSync(scratch))
  })

  test('takes what it has started itself with it', async () => {
    const lines = join(mkdtempSync(join(tmpdir(), 'tocsin-guard-')), 'grandchild')
    const { parent } = await parentWithChild('', `sleep 300 & echo $! > ${lines}; wait; wait`)
    await until(() => existsSync(lines) && readFileSync(lines, 'utf8').endsWith('\n'))
    const grandchild = Number(readFileSync(lines, 'utf8'))
    expect(isRunning(grandchild)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isRunning(grandchild))
    rmSync(dirname(lines), { recursive: true })
  })

  test('dies even when it ignores TERM', async () => {
    const { parent, child } = await parentWithChild('', "trap '' TERM; while :; do sleep 0.2; done")
    parent.kill('SIGKILL')
    await until(() => !isRunning(child))
  })

  test('dies even when it is frozen', async () => {
    const { parent, child } = await parentWithChild('', 'while :; do sleep 0.2; done')
    process.kill(child, 'SIGSTOP')
    parent.kill('SIGKILL')
    await until(() => !isRunning(child))
  })

  test('dies with a parent that just returns', async () => {
    const { parent, child } = await parentWithChild('', 'sleep 300')
    parent.kill('SIGTERM')
    await until(() => !isRunning(child))
  })

  test('reports its output line by line, and how it ended', async () => {
    const lines: string[] = []
    const process = await spawnGuarded({
      command: '/bin/sh',
      args: ['-c', 'echo one; echo two >&2; printf three; exit 7'],
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    })
    expect(await process.exited).toEqual({ code: 7, signal: null })
    expect(lines.sort()).toEqual(['stderr two', 'stdout one', 'stdout three'])
    expect(process.signal('SIGTERM')).toBe(false)
  })

  test('reports the signal that ended it', async () => {
    const process = await spawnGuarded({ command: '/bin/sleep', args: ['300'] })
    process.signal('SIGKILL')
    expect(await process.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('is killed when it does not heed TERM in time', async () => {
    const lines: string[] = []
    const process = await spawnGuarded({
      command: '/bin/sh',
      args: ['-c', "trap '' TERM; echo deaf; while :; do sleep 0.05; done"],
      onLine: (line) => lines.push(line),
    })
    await until(() => lines.length > 0)
    expect(await process.stop(50)).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await process.stop(50)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('that cannot be executed ends with 126 or 127 and the shell’s reason', async () => {
    const lines: string[] = []
    const process = await spawnGuarded({ command: '/no/such/program', onLine: (line) => lines.push(line) })
    expect((await process.exited).code).toBe(127)
    expect(lines.join('\n')).toContain('/no/such/program')
  })
})

test('a process is recognised by its birth, so that a reused pid is not taken for it', async () => {
  const first = await spawnGuarded({ command: '/bin/sleep', args: ['300'] })
  const birth = processBirth(first.pid)
  expect(birth).toBeDefined()
  expect(processBirth(first.pid)).toBe(birth)
  await first.stop()
  expect(processBirth(first.pid)).toBeUndefined()
})
