import type { Registry } from 'prom-client'
import { z } from 'zod'
import { subjectPrefix } from './env.ts'
import type { MonitoringOptions } from './options.ts'

const milliseconds = z.number().int().min(1).max(86_400_000)
const name = z.string().min(1).max(200)

const checks = {
  service: name,
  instance: name,
  version: z.string().max(200),
  environment: z.string().max(200),
  subjectPrefix,
  registry: z.custom<Registry>(isRegistry, 'a Registry of prom-client'),
  intervalMs: milliseconds,
  snapshotIntervalMs: milliseconds,
  collectIntervalMs: milliseconds,
  maxSeriesPerMetric: z.number().int().min(1).max(10_000_000),
  onWarning: z.custom<(message: string) => void>((value) => typeof value === 'function', 'a function'),
} as const satisfies Partial<Record<keyof MonitoringOptions, z.ZodType>>

/** Options that can be used. One that cannot counts as not given, as with the environment, and is described in `faults`. */
export function checkOptions(given: MonitoringOptions): {
  readonly options: MonitoringOptions
  readonly faults: readonly string[]
} {
  const options: Record<string, unknown> = { ...given }
  const faults: string[] = []
  for (const [key, schema] of Object.entries<z.ZodType>(checks)) {
    if (options[key] === undefined) continue
    const { success, error } = schema.safeParse(options[key])
    if (success) continue
    delete options[key]
    faults.push(`option ${key} is ignored: ${error.issues[0]?.message ?? 'not valid'}`)
  }
  return { options, faults }
}

/** Of whatever copy of prom-client. */
function isRegistry(value: unknown): boolean {
  const { getMetricsAsArray, registerMetric } = Object(value)
  return typeof getMetricsAsArray === 'function' && typeof registerMetric === 'function'
}
