import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { channelKinds } from '../src/channels/registry.ts'
import { loadPolicy } from '../src/policy/config/load-policy.ts'
import { routesOf } from '../src/policy/routes-of.ts'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-guide-'))
  file = path.join(folder, 'notifier.yml')
  const guide = await readFile(
    path.join(import.meta.dirname, '../../../docs/guides/notifications.md'),
    'utf8',
  )
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? []
  await writeFile(file, example)
})
afterAll(() => rm(folder, { recursive: true }))

it('names each file with a secret that the example lacks', async () => {
  const faults = await loadPolicy(file, channelKinds).catch((error: Error) => error.message)
  for (const name of ['smtp', 'slack', 'pagerduty'])
    expect(faults).toMatch(
      new RegExp(`notifier.yml:\\d+:\\d+: ${folder}/secrets/${name} cannot be read: ENOENT`),
    )
})

it('reads the example of the guide', async () => {
  await mkdir(path.join(folder, 'secrets'))
  for (const name of ['smtp', 'slack', 'pagerduty']) await writeFile(path.join(folder, 'secrets', name), 'x')
  const { policy } = await loadPolicy(file, channelKinds)
  const receiversOf = (labels: Record<string, string>) =>
    routesOf(policy, labels).map(({ receiver }) => receiver)
  expect(receiversOf({ severity: 'critical', team: 'shop' })).toEqual(['pager'])
  expect(receiversOf({ severity: 'high', team: 'shop' })).toEqual(['shop'])
  expect(receiversOf({ severity: 'high', team: 'other' })).toEqual(['team'])
  expect(routesOf(policy, { severity: 'low' })).toMatchObject([{ digest: { cron: '0 9 * * 1-5' } }])
})
