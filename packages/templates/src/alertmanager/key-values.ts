import { STRINGS } from '../values/params.ts'
import {
  isKind,
  type ListValue,
  listOf,
  type MapValue,
  type Method,
  type MethodSet,
  type Value,
} from '../values/value.ts'

const pairOf = (value: Value) => (isKind(value, 'struct') ? value.fields : {})
const itemsOf = (value: Value) => (isKind(value, 'list') ? value.items : [])
const strings = (items: readonly Value[]) => listOf(items, '[]string')
const reading = (read: (owner: Value) => Value): Method => ({ params: [], call: read })
const written = (pairs: ListValue) =>
  pairs.items.map((pair) => `${String(pairOf(pair)['Name'])}=${String(pairOf(pair)['Value'])}`).join(', ')

const pairsMethods: MethodSet = {
  Names: reading((pairs) => strings(itemsOf(pairs).map((pair) => pairOf(pair)['Name']))),
  Values: reading((pairs) => strings(itemsOf(pairs).map((pair) => pairOf(pair)['Value']))),
  String: reading((pairs) => (isKind(pairs, 'list') ? written(pairs) : '')),
}

/** By name, the alert's own name first. */
function sortedPairs(owner: Value): ListValue {
  const entries = isKind(owner, 'map') ? owner.entries : {}
  const rest = Object.keys(entries).filter((name) => name !== 'alertname')
  const names = Object.hasOwn(entries, 'alertname') ? ['alertname', ...rest.sort()] : rest.sort()
  const pairs = names.map(
    (name): Value => ({
      kind: 'struct',
      type: 'template.Pair',
      fields: { Name: name, Value: entries[name] },
    }),
  )
  return listOf(pairs, 'template.Pairs', pairsMethods)
}

const methods: MethodSet = {
  SortedPairs: reading(sortedPairs),
  Names: reading((owner) => strings(sortedPairs(owner).items.map((pair) => pairOf(pair)['Name']))),
  Values: reading((owner) => strings(sortedPairs(owner).items.map((pair) => pairOf(pair)['Value']))),
  Remove: {
    params: [STRINGS],
    call(owner, [list]) {
      const without = new Set(itemsOf(list))
      const entries = isKind(owner, 'map') ? owner.entries : {}
      return keyValues(Object.fromEntries(Object.entries(entries).filter(([name]) => !without.has(name))))
    },
  },
  String: reading((owner) => written(sortedPairs(owner))),
}

/** Labels or annotations, with the methods of Alertmanager's `template.KV`. */
export function keyValues(entries: Readonly<Record<string, Value>>): MapValue {
  return { kind: 'map', type: 'template.KV', entries, zero: '', methods }
}
