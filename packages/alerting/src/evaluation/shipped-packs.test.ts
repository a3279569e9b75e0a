import { loadPacks } from '@tocsin/rules'
import { createHead } from '@tocsin/tsdb'
import { expect, test } from 'vitest'
import { placeRules } from '../rules/rule-set.ts'
import { createEngine } from './engine.ts'

const START = Date.UTC(2026, 0, 1)

/** A day in the life of the shipped packs: seconds pass, samples come, alerts are told as `Name state @second`. */
function createDay(pack: string) {
  const head = createHead()
  const told: string[] = []
  let second = 0
  const set = placeRules(loadPacks([pack]), { intervalMs: 15_000 })
  const engine = createEngine({
    head,
    externalURL: 'http://localhost:3003',
    monotonic: () => 0,
    listener: {
      evaluated(_rule, _moment, { error }) {
        if (error !== undefined) throw error
      },
      changed(ref, changes) {
        for (const { transition, alert } of changes) {
          if (transition && transition !== 'pending') told.push(`${ref.name} ${transition} @${second}`)
          expect(JSON.stringify(alert.annotations)).not.toContain('error expanding')
        }
      },
      forgotten() {},
    },
  })
  engine.replaceRules(set, { atMs: START, sequence: 0, trigger: 'changed' })
  return {
    told,
    /** Lets seconds pass, with these samples in each: `[name, labels, value]`. */
    pass(seconds: number, samples: (second: number) => readonly [string, Record<string, string>, number][]) {
      for (const end = second + seconds; second < end; ) {
        second++
        const atMs = START + second * 1000
        const touched = samples(second).map(([name, labels, value]) => {
          const series = head.intern({ __name__: name, ...labels }, 'test')
          if (!('ref' in series)) throw new Error(series.detail)
          head.append(series, atMs, value)
          return series
        })
        engine.evaluateDue({ atMs, sequence: second, trigger: 'deadline' })
        engine.evaluateReaders(touched, { atMs, sequence: second, trigger: 'sample' })
        for (const group of set.groups)
          if ((second * 1000) % group.everyMs === 0)
            engine.evaluateGroup(group, { atMs, sequence: second, trigger: 'interval' })
      }
    },
  }
}

test('a shop that breaks is told within 30 s, and that it is mended within a minute', () => {
  const day = createDay('api')
  const counts = { ok: 0, failed: 0 }
  const labels = { service: 'shop', method: 'GET', route: '/orders' }
  const traffic = (ok: number, failed: number) => (): [string, Record<string, string>, number][] => {
    counts.ok += ok
    counts.failed += failed
    return [
      ['http_requests_total', { ...labels, status_code: '200' }, counts.ok],
      ['http_requests_total', { ...labels, status_code: '500' }, counts.failed],
    ]
  }
  day.pass(60, traffic(10, 0))
  expect(day.told).toEqual([])
  day.pass(60, traffic(5, 5))
  day.pass(90, traffic(10, 0))
  expect(day.told).toHaveLength(2)
  const [fired = '', resolved = ''] = day.told
  expect(fired).toMatch(/^HighErrorRate firing/)
  expect(Number(fired.split('@')[1])).toBeLessThanOrEqual(60 + 30)
  expect(resolved).toMatch(/^HighErrorRate resolved/)
  expect(Number(resolved.split('@')[1])).toBeLessThanOrEqual(120 + 60)
})

test('slow answers are told', () => {
  const day = createDay('api')
  const labels = { service: 'shop', method: 'GET', route: '/', status_code: '200' }
  let [fast, all] = [0, 0]
  const bucket = (le: string, value: number): [string, Record<string, string>, number] => [
    'http_request_duration_seconds_bucket',
    { ...labels, le },
    value,
  ]
  const answers = (quick: number, slow: number) => () => {
    fast += quick
    all += quick + slow
    return [bucket('0.5', fast), bucket('2.5', all), bucket('+Inf', all)]
  }
  day.pass(60, answers(10, 0))
  day.pass(40, answers(5, 5))
  day.pass(80, answers(10, 0))
  expect(day.told.map((t) => t.split(' @')[0])).toEqual(['SlowRequests firing', 'SlowRequests resolved'])
})

test('memory and disks that fill up are told, by how serious it is', () => {
  const day = createDay('system')
  const host = (memory: number, disk: number) => (): [string, Record<string, string>, number][] => [
    ['node_memory_MemTotal_bytes', { instance: 'h' }, 100],
    ['node_memory_MemAvailable_bytes', { instance: 'h' }, memory],
    ['node_filesystem_size_bytes', { instance: 'h', mountpoint: '/', device: 'sda1', fstype: 'ext4' }, 100],
    ['node_filesystem_avail_bytes', { instance: 'h', mountpoint: '/', device: 'sda1', fstype: 'ext4' }, disk],
  ]
  day.pass(60, host(50, 50))
  expect(day.told).toEqual([])
  day.pass(60, host(2, 1))
  expect(day.told.map((t) => t.split(' @')[0]).toSorted()).toEqual([
    'DiskFull firing',
    'MemoryExhausted firing',
  ])
  day.pass(100, host(2, 1))
  expect(day.told.map((t) => t.split(' @')[0]).toSorted()).toEqual([
    'DiskAlmostFull firing',
    'DiskFull firing',
    'HighMemoryUsage firing',
    'MemoryExhausted firing',
  ])
})

test('a host agent that falls silent is told, and heard again', () => {
  const day = createDay('tocsin')
  const others: [string, Record<string, string>, number] = [
    'tocsin_build_info',
    { service: 'sla', instance: 's' },
    1,
  ]
  const alive = (): [string, Record<string, string>, number][] => [
    others,
    ['node_memory_MemTotal_bytes', { instance: 'h' }, 100],
  ]
  day.pass(60, alive)
  day.pass(120, () => [others])
  day.pass(30, alive)
  expect(day.told.map((t) => t.split(' @')[0])).toEqual([
    'HostAgentSilent firing',
    'HostAgentSilent resolved',
  ])
})

test('when nothing at all is heard, nobody is said to be silent', () => {
  const day = createDay('tocsin')
  day.pass(60, () => [
    ['tocsin_build_info', { service: 'sla', instance: 's' }, 1],
    ['node_memory_MemTotal_bytes', { instance: 'h' }, 100],
  ])
  day.pass(300, () => [])
  expect(day.told).toEqual([])
})
