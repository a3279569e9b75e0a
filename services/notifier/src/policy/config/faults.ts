import type { z } from 'zod'
import { PolicyError, type PolicyFault } from './policy-error.ts'
import type { Path, YamlSource } from './yaml-source.ts'

/** The faults of a file as they are found, each at its place. */
export interface Faults {
  add(path: Path, reason: string, of?: 'value' | 'key'): void
  /** The value as the schema has it. Its faults are noted, and what has none is answered, as far as it can be. */
  parse<T>(schema: z.ZodType<T>, value: unknown, path: Path, placeOf?: (path: Path) => Path): T | undefined
  /** @throws {PolicyError} if there are any */
  throwIfAny(): void
}

export function createFaults(file: string, source: YamlSource): Faults {
  const found = new Map<string, PolicyFault>()

  function add(path: Path, reason: string, of: 'value' | 'key' = 'value'): void {
    const fault = { ...source.placeOf(path, of), reason }
    found.set(`${fault.line}:${fault.column}:${reason}`, fault)
  }

  return {
    add,
    parse(schema, value, path, placeOf = (below) => [...path, ...below]) {
      const parsed = schema.safeParse(value)
      if (parsed.success) return parsed.data
      for (const issue of parsed.error.issues) {
        const place = placeOf(issue.path)
        if (issue.code === 'unrecognized_keys')
          for (const key of issue.keys) add([...place, key], unknownField(key, schema, issue.path), 'key')
        else if (issue.code === 'invalid_key')
          add(place, `${written(place)}: expected ${issue.issues[0]?.message ?? 'another name'}`, 'key')
        else add(place, reasonOf(issue, place, valueAt(value, issue.path) === undefined))
      }
      return withoutFaulty(schema, value, parsed.error.issues)
    },
    throwIfAny() {
      if (found.size > 0) throw new PolicyError(file, [...found.values()])
    },
  }
}

/** A mapping read without its faulty fields, so that these hide no faults of the others. */
function withoutFaulty<T>(
  schema: z.ZodType<T>,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): T | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const faulty = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  )
  return schema.safeParse(Object.fromEntries(Object.entries(value).filter(([name]) => !faulty.has(name))))
    .data
}

/** A path as one writes it: `receivers[0].slack_configs[1].api_url`. */
function written(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}

function reasonOf({ message }: z.core.$ZodIssue, path: Path, isMissing: boolean): string {
  const name = written(path) || 'the file'
  const said = message.replace(/^Invalid (?:input|option): (?:expected )?/, '').replace(/, received .*$/, '')
  if (/^(?:is|are|stands|cannot|must|has) /.test(said)) return `${name} ${said}`
  return isMissing ? `${name} is missing: expected ${said}` : `${name}: expected ${said}`
}

/** What the field may have been meant to be, where the schema says what there is. */
function unknownField(key: string, schema: z.ZodType, path: Path): string {
  const known = path.length === 0 && 'shape' in schema ? Object.keys(schema.shape as object) : []
  const meant = known.find((name) => isLike(name, key))
  const advice = meant
    ? `did you mean ${meant}?`
    : known.length > 0
      ? `there are ${known.join(', ')}`
      : 'remove it'
  return `unknown field ${JSON.stringify(key)}: ${advice}`
}

/** Whether one becomes the other by one letter more, less or different, or differs only in what is no letter. */
function isLike(a: string, b: string): boolean {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '')
  if (bare(a) === bare(b)) return true
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  let i = 0
  while (i < short.length && short[i] === long[i]) i++
  return short.slice(i + (short.length === long.length ? 1 : 0)) === long.slice(i + 1)
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  )
}
