import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, findServer, freePort, probeHttp, spawnGuarded } from '@tocsin/servers'
import { startPrometheus, waitFor } from '@tocsin/testkit'
import { versionOf } from '../rules/prometheus-side.ts'
import { createWriteRequests, pushedText, timedText } from './bodies.ts'
import type { Fleet } from './fleet.ts'
import { pin, postAll, RECEIVING, type Receiver, timed } from './receiver.ts'

const MISSING = 'left out, it is not installed (Debian, Ubuntu: apt-get install'

/** The peers that are installed; of the others it says that they are missing. */
export async function startPeerReceivers(fleet: Fleet): Promise<readonly Receiver[]> {
  const peers: Receiver[] = await startStores(fleet)
  const pushgateway = findProgram(['prometheus-pushgateway', 'pushgateway'])
  if (pushgateway) peers.push(await startPushgateway(pushgateway))
  else console.log(`pushgateway: ${MISSING} prometheus-pushgateway)`)
  return peers
}

/** The peers that keep samples. */
export async function startStores(fleet: Fleet): Promise<Receiver[]> {
  const stores = [await startRemoteWrite(fleet)]
  const victoria = findProgram(['victoria-metrics'])
  if (victoria) stores.unshift(await startVictoria(victoria))
  else console.log(`VictoriaMetrics: ${MISSING} victoria-metrics)`)
  return stores
}

async function startVictoria(command: string): Promise<Receiver> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const { pid, url, stop } = await start(command, '/health', (address) => [
    `-httpListenAddr=${address}`,
    `-storageDataPath=${folder}`,
  ])
  return {
    name: 'VictoriaMetrics, /api/v1/import/prometheus',
    version: versionOf(command, 'victoria-metrics'),
    pid,
    url,
    bodies: timedText,
    send: (bodies) => timed(() => postAll(bodies, () => `${url}/api/v1/import/prometheus`)),
    async stop() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Without its check that what is pushed is consistent with all that was, which makes it 60 times as slow. */
async function startPushgateway(command: string): Promise<Receiver> {
  const { pid, url, stop } = await start(command, '/-/ready', (address) => [
    `--web.listen-address=${address}`,
    '--push.disable-consistency-check',
    '--persistence.file=',
  ])
  return {
    name: 'pushgateway, without its consistency check',
    version: versionOf(command, 'prometheus-pushgateway'),
    pid,
    url,
    bodies: pushedText,
    send: (bodies) =>
      timed(() =>
        postAll(bodies, ({ source }) => `${url}/metrics/job/${source}`, { 'content-type': 'text/plain' }),
      ),
    stop,
  }
}

async function startRemoteWrite(fleet: Fleet): Promise<Receiver> {
  const server = await startPrometheus({})
  pin(server.pid, RECEIVING)
  return {
    name: 'Prometheus, remote-write receiver',
    version: versionOf(findServer('prometheus') ?? 'prometheus'),
    pid: server.pid,
    url: server.url,
    bodies: createWriteRequests(fleet),
    send: (bodies) =>
      timed(() =>
        postAll(bodies, () => `${server.url}/api/v1/write`, {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
        }),
      ),
    stop: () => server.stop(),
  }
}

async function start(command: string, ready: string, args: (address: string) => readonly string[]) {
  const address = `127.0.0.1:${await freePort()}`
  const child = await spawnGuarded({ command, args: args(address), env: { ...process.env, GOMAXPROCS: '1' } })
  const url = `http://${address}`
  await waitFor(() => probeHttp(`${url}${ready}`).then(() => true), {
    what: `${command} at ${url}`,
    timeoutMs: 20_000,
  })
  pin(child.pid, RECEIVING)
  return {
    pid: child.pid,
    url,
    async stop() {
      await child.stop()
    },
  }
}
