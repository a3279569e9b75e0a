// An application that exposes the fleet with prom-client; started by scrape.ts, which it tells its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { createFleet, METRIC_NAMES } from './fleet.ts'

const fleet = createFleet(Number(process.argv[2]))
const registry = new Registry()
const labelNames = Object.keys(fleet.labelsOf(0))
const counters = new Map(
  METRIC_NAMES.map((name) => [name, new Counter({ name, help: name, labelNames, registers: [registry] })]),
)
for (let i = 0; i < fleet.series; i++)
  counters.get(fleet.nameOf(i))?.inc({ ...fleet.labelsOf(i) }, fleet.value(1, i))

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') response.end(await registry.metrics())
  else response.end('here')
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
