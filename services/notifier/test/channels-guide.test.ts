import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '@tocsin/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNet } from '../src/channels/net/net.ts'
import { channelKinds, createChannel } from '../src/channels/registry.ts'
import { loadPolicy } from '../src/policy/config/load-policy.ts'

const run = promisify(execFile)
const guide = await readFile(join(import.meta.dirname, '../../../docs/guides/channels.md'), 'utf8')
const examples = [...guide.matchAll(/```yaml\n(receivers:[\s\S]*?)```/g)].map(([, text = '']) => ({
  name: /name: (\S+)/.exec(text)?.[1] ?? '',
  text,
}))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-guide-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A configuration of which the example is the only receiver, with the files that it names. */
async function written(name: string, text: string): Promise<string> {
  for (const [, secret = ''] of text.matchAll(/\/run\/secrets\/([\w.]+)/g))
    await writeFile(join(folder, secret), 'https://example.com/s3cret')
  const file = join(folder, `${name}.yml`)
  await writeFile(file, `route:\n  receiver: ${name}\n${text.replaceAll('/run/secrets', folder)}`)
  return file
}

describe("the guide's examples", () => {
  it('show every kind of channel', () => {
    for (const { configKey } of channelKinds) expect(guide).toContain(`    ${configKey}:`)
  })

  it.each(examples)('of $name are read, and make a channel', async ({ name, text }) => {
    const { policy } = await loadPolicy(await written(name, text), channelKinds)
    const integrations = policy.receivers.get(name)?.integrations ?? []
    expect(integrations).toHaveLength(1)
    for (const integration of integrations) {
      const channel = createChannel(integration, {
        clock: systemClock,
        net: createNet({ allowPrivate: true }),
      })
      expect(channel.name).toBe(integration.channel)
      channel.close()
    }
  })

  // What Alertmanager 0.25 knows of them (no Teams, no bot_token_file), and has nothing of Tocsin's own.
  const alertmanagers = examples.filter(
    ({ text }) => !/ntfy_|msteams|bot_token_file|# Tocsin's own/.test(text),
  )
  it.each(alertmanagers)("of $name are Alertmanager's as well", async ({ name, text }) => {
    const { stdout } = await run('amtool', ['check-config', await written(name, text)])
    expect(stdout).toContain('SUCCESS')
  })
})
