import path from 'node:path'
import type { ChannelKindDefinition } from '../../channels/channel-kind.ts'
import type { Policy } from '../policy.ts'
import { checkFallbacks, type StatedFallback } from './check-fallbacks.ts'
import { config, duration } from './config-schema.ts'
import { createFaults, type Faults } from './faults.ts'
import { originalOf } from './original-of.ts'
import { readInhibitRules } from './read-inhibit-rules.ts'
import { readGlobal, readReceivers } from './read-receivers.ts'
import { readRoutes } from './read-routes.ts'
import { readTimeIntervals } from './read-time-intervals.ts'
import type { Path } from './yaml-source.ts'
import { readYaml } from './yaml-source.ts'

/** A policy as a file has it, and what is still to be looked up beside that file. */
export interface ParsedPolicy {
  readonly policy: Omit<Policy, 'templateFiles'>
  /** The file's values: some of their texts are templates. */
  readonly value: unknown
  /** Patterns of files, from the file's folder on. */
  readonly templates: readonly string[]
  /** Files with secrets, and where they are named. */
  readonly secretFiles: readonly { readonly path: Path; readonly file: string }[]
  readonly faults: Faults
}

const RESOLVE_TIMEOUT_MS = 5 * 60_000

/**
 * Reads a configuration in Alertmanager's format, with Tocsin's additions.
 * @throws {PolicyError} with every fault
 */
export function parsePolicy(
  file: string,
  source: string,
  kinds: readonly ChannelKindDefinition[],
): ParsedPolicy {
  const yaml = readYaml(file, source)
  const faults = createFaults(file, yaml)
  const given = faults.parse(config, yaml.value, [])
  const folder = path.dirname(path.resolve(file))
  const { resolve_timeout: timeout, ...globals } = given?.global ?? {}
  const resolveTimeoutMs = faults.parse(duration.default(RESOLVE_TIMEOUT_MS), timeout, [
    'global',
    'resolve_timeout',
  ])
  const deps = { kinds, folder, faults }
  const receivers = readReceivers(given?.receivers ?? [], readGlobal(globals, deps), deps)
  const timeIntervals = readTimeIntervals(
    { time_intervals: given?.time_intervals ?? [], mute_time_intervals: given?.mute_time_intervals ?? [] },
    faults,
  )
  const fallbacks: StatedFallback[] = []
  const hasInterval = (name: string) => timeIntervals.has(name)
  const root = readRoutes(given?.route, { receivers, hasInterval, fallbacks, faults })
  checkFallbacks(receivers, fallbacks, faults)
  const inhibitRules = readInhibitRules(given?.inhibit_rules ?? [], faults)
  if (!root || !given || resolveTimeoutMs === undefined) faults.throwIfAny()
  if (!root || !given || resolveTimeoutMs === undefined)
    throw new TypeError('a policy without faults has a root')
  return {
    policy: {
      root,
      receivers: new Map([...receivers].map(([name, { integrations }]) => [name, { name, integrations }])),
      inhibitRules,
      timeIntervals,
      resolveTimeoutMs,
      original: originalOf(yaml.value as Record<string, unknown>, kinds),
    },
    value: yaml.value,
    templates: given.templates,
    secretFiles: secretFilesIn(given, folder),
    faults,
  }
}

function secretFilesIn(value: unknown, folder: string, at: Path = []): { path: Path; file: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => secretFilesIn(item, folder, [...at, i]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name.endsWith('_file') && typeof inner === 'string'
      ? [{ path: [...at, name], file: path.resolve(folder, inner) }]
      : secretFilesIn(inner, folder, [...at, name]),
  )
}
