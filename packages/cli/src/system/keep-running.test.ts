import type { Exit } from '@tocsin/servers'
import { describe, expect, test } from 'vitest'
import { keepRunning } from './keep-running.ts'
import type { Part, RunningPart } from './part.ts'

/** A part that can be made to die, and counts its starts. */
function mortal(failures: readonly string[] = []) {
  const left = [...failures]
  const ends: ((exit: Exit) => void)[] = []
  let pid = 100
  const run = (): RunningPart => {
    const { promise, resolve } = Promise.withResolvers<Exit>()
    ends.push(resolve)
    return { pid: pid++, exited: promise, stop: async () => resolve({ code: 0, signal: null }) }
  }
  const launch = async () => {
    const failure = left.shift()
    if (failure) throw new Error(failure)
    return run()
  }
  const part: Part = { name: 'sla', kind: 'service', where: '', probe: '', note: '', launch }
  return { part, first: run(), die: () => ends.at(-1)?.({ code: 5, signal: null }) }
}

function watch(failures?: readonly string[]) {
  const { part, first, die } = mortal(failures)
  const said: string[] = []
  const changed = { wake: () => {} }
  const gaveUp = Promise.withResolvers<string>()
  const kept = keepRunning(part, first, {
    say: (line) => said.push(line),
    onChange: () => changed.wake(),
    onGiveUp: gaveUp.resolve,
    sleep: async () => {},
  })
  const dieAndReturn = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    changed.wake = resolve
    die()
    return promise
  }
  return { kept, said, die, dieAndReturn, gaveUp: gaveUp.promise }
}

describe('a part that is kept running', () => {
  test('is started again when it dies', async () => {
    const { kept, said, dieAndReturn } = watch()
    expect(kept.pid).toBe(100)
    await dieAndReturn()
    expect(kept.pid).toBe(101)
    expect(kept.restarts).toBe(1)
    expect(said).toEqual(['sla died (exit code 5)', 'sla is started again in 0.5 s'])
    await kept.stop(0)
  })

  test('is given up when it dies for the fifth time within a minute', async () => {
    const { kept, die, dieAndReturn, gaveUp } = watch()
    for (let i = 0; i < 4; i++) await dieAndReturn()
    die()
    expect(await gaveUp).toBe('sla died 5 times within 60 s')
    await kept.stop(0)
  })

  test('counts a start that fails as a death, and says why', async () => {
    const { kept, said, dieAndReturn } = watch(['no room', 'no room'])
    await dieAndReturn()
    expect(said.filter((line) => line === 'sla: no room')).toHaveLength(2)
    expect(said.at(-1)).toBe('sla is started again in 2 s')
    await kept.stop(0)
  })

  test('is not started again once it is stopped', async () => {
    const { kept, said } = watch()
    await kept.stop(0)
    expect(said).toEqual([])
    expect(kept.restarts).toBe(0)
  })
})
