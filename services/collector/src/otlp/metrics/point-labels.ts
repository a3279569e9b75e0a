import type { Labels } from '@tocsin/contract'
import { type Attributes, attributeText } from '../model/attributes.ts'
import { labelNameOf } from './label-name.ts'

/** Labels that go with every point of one resource and scope. */
export interface SharedLabels {
  /** What a point's own attributes come before. */
  readonly base: Labels
  /** What comes before a point's own attributes: `job` and `instance`. */
  readonly identity: Labels
}

/** The contract's limit. */
const MOST_VALUE = 4096

/** The labels of a point; a text says why there are none. */
export function labelsOfPoint(shared: SharedLabels, attributes: Attributes): Labels | string {
  const labels: Record<string, string> = { ...shared.base }
  let collisions: Set<string> | undefined
  for (const [key, attribute] of attributes) {
    const { name, shared: collides } = labelNameOf(key)
    if (name === '') return `the attribute '${key}' has no characters that a label can have, or too many`
    const value = attributeText(attribute)
    if (value.length > MOST_VALUE)
      return `the attribute '${key}' has ${value.length} characters, a label at most ${MOST_VALUE}`
    if (collides) {
      collisions ??= new Set()
      collisions.add(name)
    }
    setLabel(labels, name, value)
  }
  if (collisions) joinCollisions(labels, attributes, collisions)
  return Object.assign(labels, shared.identity)
}

/** An empty value is none in Prometheus. */
function setLabel(labels: Record<string, string>, name: string, value: string): void {
  if (value === '') delete labels[name]
  else labels[name] = value
}

/** Attributes that have one name share the label: their values in the order of their keys, as the rules have it. */
function joinCollisions(
  labels: Record<string, string>,
  attributes: Attributes,
  names: ReadonlySet<string>,
): void {
  for (const name of names) {
    const keys = [...attributes.keys()].filter((key) => labelNameOf(key).name === name)
    if (keys.length < 2) continue
    const values = keys.sort().map((key) => attributeText(attributes.get(key)))
    setLabel(labels, name, values.join(';').slice(0, MOST_VALUE))
  }
}
