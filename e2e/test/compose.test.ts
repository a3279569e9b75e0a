import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram, repositoryRoot, SERVICES, type ServiceName, serviceNodeArgs } from '@tocsin/servers'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = repositoryRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const run = promisify(execFile)

interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly restart?: string
  readonly read_only?: boolean
  readonly user?: string
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly mem_limit?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly environment?: Readonly<Record<string, string | null>>
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
}
const compose: { readonly services: Readonly<Record<string, ComposeService>> } = parse(read('compose.yaml'), {
  merge: true,
})
const names = Object.keys(SERVICES) as ServiceName[]
const all = Object.entries(compose.services)
const lasting = all.filter(([name]) => name !== 'passwords')

describe('compose.yaml', () => {
  it.each(names)('gives %s every variable that it reads, and no other', async (name) => {
    const module: Record<string, { shape?: object }> = await import(`../../services/${name}/src/env.ts`)
    const schema = Object.values(module).find((value) => value?.shape !== undefined)
    const readByIt = Object.keys(schema?.shape ?? {})
    const given = Object.keys(compose.services[name]?.environment ?? {})
    expect(given.filter((variable) => !readByIt.includes(variable))).toEqual([])
    // Ports are those of the container, addresses stand in place of ports, and these are the image's or NATS' own affair.
    const settled =
      /^(NATS_PASS|NATS_CREDS|NATS_SUBJECT_PREFIX|LOG_PRETTY|NODE_ENV|HTTP_HOST|PROMETHEUS_PATH|PROMETHEUS_TLS_.*|.*_PORT)$/
    expect(readByIt.filter((variable) => !given.includes(variable) && !settled.test(variable))).toEqual([])
  })

  it.each(names.filter((name) => name !== 'host-agent'))(
    'publishes %s on the ports of `npm start`',
    (name) => {
      const { portEnv, port, extraPorts } = SERVICES[name]
      const ports = Object.entries({ [portEnv]: port, ...extraPorts })
      const here = `\${BIND_ADDRESS:-127.0.0.1}`
      expect(compose.services[name]?.ports).toEqual(
        ports.map(([env, at]) => `${here}:\${${env}:-${at}}:${at}`),
      )
      expect(compose.services[name]?.healthcheck?.test.at(-1)).toBe(String(port))
    },
  )

  it.each(lasting)(
    '%s can write nowhere but in its volumes, and has limits and a health check',
    (name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' })
      expect(service.security_opt).toContain('no-new-privileges:true')
      expect(service.mem_limit).toBeDefined()
      if (name !== 'demo') expect(service.healthcheck?.test.length).toBeGreaterThan(0)
    },
  )

  it.each(all)('%s is of one version, and no secret stands in the file', (_, { image, environment = {} }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+(-alpine)?$|^\$\{TOCSIN_IMAGE:-tocsin:local\}$/)
    for (const [variable, value] of Object.entries(environment))
      if (/PASS|TOKEN|SECRET|WEBHOOK_URL|HEADERS/.test(variable) && !variable.endsWith('__FILE'))
        expect([variable, value]).toEqual([variable, null])
  })

  it('.env.example names only variables that somebody reads', () => {
    const said = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name)
    const known = `${read('compose.yaml')}`
    expect(said.filter((name) => !new RegExp(`\\b${name}\\b`).test(known))).toEqual([])
  })
})

describe('the Dockerfile', () => {
  it('has the Node of `npm start`, with the same flags', () => {
    const { devDependencies } = JSON.parse(read('package.json'))
    expect(read('Dockerfile')).toContain(`ARG NODE_VERSION=${devDependencies.node}\n`)
    const everywhere = /NODE_OPTIONS=(\S+)/.exec(read('Dockerfile'))?.[1]
    for (const name of names) {
      const own = compose.services[name]?.command?.filter((part) => part.startsWith('--')) ?? []
      expect([name, ...(own.length > 0 ? own : [everywhere])]).toEqual([name, ...serviceNodeArgs(name)])
    }
  })
})

describe('the configuration of its peers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-deploy-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const tool = (name: string) => findProgram([name]) ?? `${name}: not installed`

  it("is Prometheus', with the shipped rules", async () => {
    const config = read('deploy/prometheus/prometheus.yml')
    expect(config).toContain('/etc/prometheus/rules/*.yaml')
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, config.replace('/etc/prometheus/rules', join(root, 'packages/rules/packs')))
    const { stdout } = await run(tool('promtool'), ['check', 'config', file])
    expect(stdout.match(/\d+ rules found/g)?.length).toBeGreaterThan(5)
  })

  it("is Alertmanager's, as the brief has it", async () => {
    const { stdout } = await run(tool('amtool'), [
      'check-config',
      join(root, 'deploy/alertmanager/alertmanager.yml'),
    ])
    expect(stdout).toContain('SUCCESS')
    expect(parse(read('deploy/alertmanager/alertmanager.yml')).route).toEqual({
      group_by: ['alertname', 'severity'],
      group_wait: '10s',
      group_interval: '10s',
      repeat_interval: '1h',
      receiver: 'default',
    })
  })
})
