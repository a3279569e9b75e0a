import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml'
import { PolicyError } from './policy-error.ts'

export type Path = readonly PropertyKey[]

/** A YAML file as values, which knows where each of them stands. */
export interface YamlSource {
  readonly value: unknown
  /** Where what a path leads to stands, or else what is nearest to it. Counted from 1. */
  placeOf(path: Path, of?: 'value' | 'key'): { readonly line: number; readonly column: number }
}

/** Fields of Alertmanager in which `yes` is `true`, as in YAML 1.1; elsewhere it is a text. */
const FLAGS: ReadonlySet<string> = new Set([
  'send_resolved',
  'continue',
  'require_tls',
  'smtp_require_tls',
  'force_implicit_tls',
  'smtp_force_implicit_tls',
  'insecure_skip_verify',
  'follow_redirects',
  'enable_http2',
  'proxy_from_environment',
  'short_fields',
  'short',
  'link_names',
  'update_alerts',
  'disable_notifications',
  'html',
])
const YES = /^(?:y|yes|on|true)$/i
const NO = /^(?:n|no|off|false)$/i
/** More than any real file has: aliases of aliases grow without end. */
const MOST_NODES = 200_000

/** @throws {PolicyError} for what is not one YAML document */
export function readYaml(file: string, source: string): YamlSource {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(source, { schema: 'core', lineCounter: lines, prettyErrors: false })
  const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : []
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const faults = documents
    .flatMap(({ errors }) => errors)
    // The rest of the message may quote the file, and with it a secret.
    .map(({ pos, message }) => ({
      ...at(pos[0]),
      reason: `not valid YAML: ${message.replace(/: ".*/s, '')}`,
    }))
  const [document, second] = documents
  if (second) faults.push({ ...at(second.range[0]), reason: 'a second document: remove what follows `---`' })
  if (faults.length > 0) throw new PolicyError(file, faults)
  const resolve = (node: unknown): Node | null =>
    isAlias(node) ? ((document && node.resolve(document)) ?? null) : (node as Node | null)
  let count = 0

  function pairsOf(node: Node | null) {
    if (!isMap(node)) return []
    const own = new Map<string, { key: Node; value: Node | null }>()
    const merged: (Node | null)[] = []
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.source ?? key.value) : ''
      if (name === '<<') merged.push(...(isSeq(value) ? value.items.map(resolve) : [resolve(value)]))
      else own.set(name, { key: key as Node, value: resolve(value) })
    }
    for (const one of merged) for (const [name, pair] of pairsOf(one)) if (!own.has(name)) own.set(name, pair)
    return [...own]
  }

  function read(node: Node | null, name: string): unknown {
    if (++count > MOST_NODES)
      throw new PolicyError(file, [
        { ...at(node?.range?.[0] ?? 0), reason: 'too large: aliases that repeat each other?' },
      ])
    if (isSeq(node)) return node.items.map((item) => read(resolve(item), name))
    if (isMap(node)) {
      const pairs = pairsOf(node).map(([key, pair]) => [key, read(pair.value, key)] as const)
      return Object.fromEntries(pairs.filter(([, value]) => value !== null))
    }
    return isScalar(node)
      ? scalarOf(node.value, node.source ?? '', node.type === 'PLAIN' && FLAGS.has(name))
      : null
  }

  return {
    value: read(resolve(document?.contents), ''),
    placeOf(path, of = 'value') {
      let node = resolve(document?.contents)
      let place: Node | null = node
      for (const [i, step] of path.entries()) {
        const pair = pairsOf(node).find(([name]) => name === String(step))?.[1]
        const next = isSeq(node) ? resolve(node.items[Number(step)]) : pair?.value
        if (pair && of === 'key' && i === path.length - 1) place = pair.key
        else if (next) place = next
        else if (pair) place = pair.key
        if (!next) break
        node = next
      }
      return at(place?.range?.[0] ?? 0)
    },
  }
}

/** A number whose digits matter, such as `1.10`, stays the text that it is written as. */
function scalarOf(value: unknown, source: string, isFlag: boolean): unknown {
  if (isFlag && YES.test(source)) return true
  if (isFlag && NO.test(source)) return false
  return typeof value === 'number' && String(value) !== source ? source : value
}
