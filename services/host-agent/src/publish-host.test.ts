import { createLog, createMetrics } from '@tocsin/runtime'
import { createMonitoring } from '@tocsin/sdk'
import { expect, test } from 'vitest'
import { type HostReader, type HostSample, sample } from './host-metric.ts'
import { createHostReading, createHostRecord } from './publish-host.ts'

const log = createLog({ service: 'test', version: '0', level: 'silent' })

function readingOf(...readers: readonly HostReader[]) {
  const { metrics } = createMonitoring()
  const self = createMetrics('test', '0')
  const read = createHostReading({ readers, record: createHostRecord(metrics), log, metrics: self })
  const values = async (name: string) =>
    ((await metrics.registry.getSingleMetric(name)?.get())?.values ?? []).map(({ labels, value }) => [
      Object.values(labels).join(),
      value,
    ])
  return { read, values, self }
}

test('a counter shows the total that was read, and what is gone ends', async () => {
  const disks = [{ sda: 100, sdb: 5 }, { sda: 130 }]
  const reader: HostReader = {
    part: 'disks',
    read: async () =>
      Object.entries(disks.shift() ?? {}).map(([device, value]) =>
        sample('node_disk_read_bytes_total', value, { device }),
      ),
  }
  const { read, values } = readingOf(reader)
  await read()
  expect(await values('node_disk_read_bytes_total')).toEqual([
    ['sda', 100],
    ['sdb', 5],
  ])
  await read()
  expect(await values('node_disk_read_bytes_total')).toEqual([['sda', 130]])
})

test('a part that cannot be read ends and is counted, and the others go on', async () => {
  let broken = false
  const { read, values, self } = readingOf(
    {
      part: 'load',
      async read() {
        if (broken) throw new Error('no such file')
        return [sample('node_load1', 1)]
      },
    },
    { part: 'memory', read: async () => [sample('node_memory_MemTotal_bytes', 7)] },
  )
  await read()
  expect(await values('node_load1')).toEqual([['', 1]])
  broken = true
  await read()
  expect(await values('node_load1')).toEqual([])
  expect(await values('node_memory_MemTotal_bytes')).toEqual([['', 7]])
  const failures = await self.registry.getSingleMetric('tocsin_host_read_failures_total')?.get()
  expect(failures?.values).toMatchObject([{ labels: { part: 'load' }, value: 1 }])
  broken = false
  await read()
  expect(await values('node_load1')).toEqual([['', 1]])
})

test('a part whose reading hangs ends and is counted, and comes back when it ends after all', async () => {
  const readings = [Promise.resolve([sample('node_load1', 1)])]
  const hanging = Promise.withResolvers<readonly HostSample[]>()
  let asked = 0
  const { read, values, self } = readingOf({
    part: 'load',
    read: async () => {
      asked++
      return readings.shift() ?? hanging.promise
    },
  })
  await read()
  const second = read()
  await read()
  expect(asked).toBe(2)
  expect(await values('node_load1')).toEqual([])
  expect(await self.registry.getSingleMetricAsString('tocsin_host_read_failures_total')).toContain(
    'tocsin_host_read_failures_total{part="load"',
  )
  hanging.resolve([sample('node_load1', 2)])
  await second
  expect(await values('node_load1')).toEqual([['', 2]])
})

test('what is no number is left out, and a part that says nothing is told once', async () => {
  const lines: string[] = []
  const told = { ...log, info: (_fields: object, text: string) => void lines.push(text) } as typeof log
  const { metrics } = createMonitoring()
  const read = createHostReading({
    readers: [
      { part: 'disks', read: async () => [sample('node_disk_io_now', Number.NaN, { device: 'sda' })] },
      { part: 'load', read: async () => [sample('node_load1', 1), sample('node_load5', Number.NaN)] },
    ],
    record: createHostRecord(metrics),
    log: told,
    metrics: createMetrics('test', '0'),
  })
  await read()
  await read()
  expect(metrics.registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['node_load1'])
  expect(lines).toEqual(['this machine says nothing of this part'])
})
