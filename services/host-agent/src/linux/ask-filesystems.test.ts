import { setImmediate } from 'node:timers/promises'
import { sleep } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { expect, test } from 'vitest'
import type { Mount } from '../choose-filesystems.ts'
import { createFilesystemAsker, type FilesystemStats } from './ask-filesystems.ts'

const STATS: FilesystemStats = { bsize: 1, blocks: 1, bfree: 1, bavail: 1, files: 1, ffree: 1 }
const mount = (mountpoint: string, fstype: string): Mount => ({
  device: mountpoint,
  mountpoint,
  fstype,
  readonly: false,
})

function setUp(dead: readonly string[]) {
  const clock = testClock()
  const asked: string[] = []
  const released = new Map<string, () => void>()
  const ask = createFilesystemAsker({
    statfs(path) {
      asked.push(path)
      if (path === '/denied') return Promise.reject(new Error('EACCES'))
      if (!dead.includes(path)) return Promise.resolve(STATS)
      return new Promise((resolve) => released.set(path, () => resolve(STATS)))
    },
    wait: (ms, signal) => sleep(clock, ms, signal),
  })
  /** What it says once as much time has passed as it may take. */
  const outcome = async (of: Mount) => {
    const answer = ask(of)
    await clock.advance(500)
    return (await answer) === undefined ? 'nothing' : 'stats'
  }
  return { clock, asked, released, outcome }
}

test('a filesystem that answers is told, and no timer is left behind', async () => {
  const { clock, outcome } = setUp([])
  expect(await outcome(mount('/', 'ext4'))).toBe('stats')
  expect(await outcome(mount('/denied', 'fuse.portal'))).toBe('nothing')
  expect(clock.pending).toBe(0)
})

test('one that hangs is not asked again before it has answered', async () => {
  const { asked, released, outcome } = setUp(['/home'])
  const home = mount('/home', 'nfs4')
  expect(await outcome(home)).toBe('nothing')
  expect(await outcome(home)).toBe('nothing')
  expect(asked).toEqual(['/home'])
  released.get('/home')?.()
  await setImmediate()
  await outcome(home)
  expect(asked).toEqual(['/home', '/home'])
})

test('file servers that are dead hold two threads at most, and the disks of the machine are still asked', async () => {
  const { asked, outcome } = setUp(['/a', '/b', '/c', '/dying', '/dying too'])
  for (const path of ['/a', '/b', '/c']) expect(await outcome(mount(path, 'nfs4'))).toBe('nothing')
  expect(await outcome(mount('/', 'ext4'))).toBe('stats')
  for (const path of ['/dying', '/dying too']) expect(await outcome(mount(path, 'xfs'))).toBe('nothing')
  expect(asked).toEqual(['/a', '/b', '/', '/dying'])
})
