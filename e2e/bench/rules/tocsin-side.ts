import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import { type Server, type ServiceUnderTest, startNats, startService } from '@tocsin/testkit'
import type { Contender } from './contender.ts'
import { CYCLE_MS, type RuleLoad } from './load.ts'
import { countFiring } from './prometheus-side.ts'

/** Tocsin's alert-evaluator behind a real NATS. */
export interface TocsinSide extends Contender {
  readonly nats: () => readonly number[]
  readonly evaluator: ServiceUnderTest
  /** Publishes every service's batch once, spread over a cycle as independent applications would. */
  publishCycle(load: RuleLoad, beginMs: number): Promise<void>
  /** Publishes one service's batch after the other to the evaluator with the rules, apart from each other. */
  publishSingly(load: RuleLoad, count: number, everyMs: number): Promise<void>
}

const SLOTS = 100
const subjects = createSubjects()

interface World {
  readonly nats: Server
  readonly evaluator: ServiceUnderTest
  readonly js: JetStreamClient
  stop(): Promise<void>
}

async function startWorld(rules: string | undefined): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  if (rules !== undefined) writeFileSync(join(folder, 'rules.yml'), rules)
  const nats = await startNats()
  const evaluator = await startService('alert-evaluator', {
    NATS_URL: nats.url,
    ALERT_RULES_PATH: folder,
    ALERT_RULE_PACKS: 'none',
  })
  const nc = await connect({ servers: nats.url })
  return {
    nats,
    evaluator,
    js: jetstream(nc),
    async stop() {
      await nc.close()
      await evaluator.stop()
      await nats.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function startTocsinSide(load: RuleLoad): Promise<TocsinSide> {
  const [ruled, bare] = await Promise.all([startWorld(load.rules), startWorld(undefined)])
  return {
    name: 'Tocsin alert-evaluator',
    version: `node ${process.version}`,
    withRules: () => [ruled.evaluator.pid],
    withoutRules: () => [bare.evaluator.pid],
    nats: () => [ruled.nats.pid],
    evaluator: ruled.evaluator,
    async publishCycle({ services, batch }, beginMs) {
      for (let slot = 0; slot < SLOTS; slot++) {
        await delay(Math.max(0, beginMs + (slot * CYCLE_MS) / SLOTS - Date.now()))
        const acks: Promise<unknown>[] = []
        for (let i = slot; i < services; i += SLOTS) {
          const body = batch(i, Date.now())
          for (const { js } of [ruled, bare]) acks.push(js.publish(subjects.metrics(`svc${i}`), body))
        }
        await Promise.all(acks)
      }
    },
    async publishSingly({ services, batch }, count, everyMs) {
      for (let i = 0; i < count; i++) {
        const service = (i * 37) % services
        await ruled.js.publish(subjects.metrics(`svc${service}`), batch(service, Date.now()))
        await delay(everyMs)
      }
    },
    firing: () => countFiring(ruled.evaluator.url),
    async stop() {
      await Promise.all([ruled.stop(), bare.stop()])
    },
  }
}
