import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node as YamlNode,
} from 'yaml'
import { RuleError, type RuleErrorCode, type RuleFault } from './rule-error.ts'

/** A mapping's value with where it stands. */
export interface Field {
  readonly key: YamlNode
  readonly value: YamlNode | null
}

/** A place in a file, counted from 1. */
export type Place = Pick<RuleFault, 'line' | 'column'>

/** Reads one YAML document field by field, collecting faults with their line. */
export interface YamlReader {
  readonly root: YamlNode | null
  readonly faults: readonly RuleFault[]
  /** Where a node stands, counted from 1. */
  place(node: YamlNode | null): Place
  /** Says that something is wrong at a node. */
  fault(node: YamlNode | null, where: string, reason: string): void
  /** The fields of a mapping; those not in `known` are faults. Nothing for what is no mapping. */
  fields<K extends string>(
    node: YamlNode | null,
    where: string,
    known: readonly K[],
  ): Partial<Record<K, Field>> | undefined
  /** Texts by name. */
  texts(field: Field | undefined, where: string): readonly (Field & { name: string; text: string })[]
  items(field: Field | undefined, where: string): readonly (YamlNode | null)[]
  /** The text of a scalar as written; undefined when unset or null. */
  text(field: Field | undefined, where: string): string | undefined
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL'])

/** @throws RuleError with this code when the text is not YAML, or more than one document */
export function readYaml(file: string, source: string, code: RuleErrorCode = 'invalid_rules'): YamlReader {
  const lines = new LineCounter()
  const faults: RuleFault[] = []
  // `failsafe` keeps every scalar as it is written: a label may well be `1e3` or `yes`.
  const documents = parseAllDocuments(source, { schema: 'failsafe', lineCounter: lines, prettyErrors: false })
  const docs: readonly Document.Parsed[] = Array.isArray(documents) ? documents : []
  const place = (node: YamlNode | null): Place => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
    return { line, column: col }
  }
  const fault = (node: YamlNode | null, where: string, reason: string) =>
    void faults.push({ ...place(node), where, reason })
  for (const error of docs.flatMap((d) => d.errors)) {
    const { line, col } = lines.linePos(error.pos[0])
    faults.push({ line, column: col, where: '', reason: `not valid YAML: ${error.message}` })
  }
  if (docs.length > 1) fault(docs[1]?.contents ?? null, '', 'one document a file: remove what follows `---`')
  if (faults.length > 0) throw new RuleError(code, file, faults)
  const document = docs[0]

  const resolve = (node: unknown): YamlNode | null => {
    if (isAlias(node)) return (document && node.resolve(document)) ?? null
    return (node as YamlNode | null) ?? null
  }
  const isNull = (node: YamlNode | null) =>
    node === null || (isScalar(node) && node.type === 'PLAIN' && NULLS.has(String(node.value)))

  function pairs(node: YamlNode | null): readonly (Field & { name: string })[] | undefined {
    if (!isMap(node)) return undefined
    const own: (Field & { name: string })[] = []
    const merged: (Field & { name: string })[] = []
    for (const pair of node.items) {
      const key = pair.key as YamlNode
      const name = isScalar(key) ? String(key.value) : ''
      const value = resolve(pair.value)
      if (name === '<<') merged.push(...(pairs(value) ?? []))
      else own.push({ name, key, value })
    }
    // What a merge key brings gives way to what is written here.
    return [...own, ...merged.filter(({ name }) => !own.some((field) => field.name === name))]
  }

  return {
    root: resolve(document?.contents),
    faults,
    place,
    fault,
    fields(node, where, known) {
      const found = pairs(node)
      if (!found) {
        fault(node, where, `expected a mapping with ${known.join(', ')}`)
        return undefined
      }
      const fields: Partial<Record<(typeof known)[number], Field>> = {}
      for (const { name, key, value } of found) {
        const field = known.find((k) => k === name)
        if (field === undefined)
          fault(key, where, `unknown field ${JSON.stringify(name)}; there are ${known.join(', ')}`)
        else if (!isNull(value)) fields[field] ??= { key, value }
      }
      return fields
    },
    texts(field, where) {
      if (!field) return []
      const found = pairs(field.value)
      if (!found) fault(field.value, where, 'expected a mapping of texts')
      return (found ?? []).flatMap(({ name, key, value }) => {
        if (!isNull(value) && !isScalar(value)) fault(value, where, `${name}: expected a text`)
        return [{ name, key, value, text: isScalar(value) && !isNull(value) ? String(value.value) : '' }]
      })
    },
    items(field, where) {
      if (!field) return []
      if (isSeq(field.value)) return field.value.items.map(resolve)
      fault(field.value, where, 'expected a list')
      return []
    },
    text(field, where) {
      if (!field) return undefined
      if (isScalar(field.value)) return String(field.value.value)
      fault(field.value, where, 'expected a text')
      return undefined
    },
  }
}
