import { parseRuleDuration } from './duration.ts'
import { parseRule } from './parse-rule.ts'
import type { Origin, Rule, RuleGroup } from './rule.ts'
import { RuleError } from './rule-error.ts'
import { isLabelName } from './rule-names.ts'
import { type Field, readYaml, type YamlReader } from './yaml-reader.ts'

/** What is done with a whole number or duration that is not one. */
interface Reading {
  readonly yaml: YamlReader
  readonly where: string
}

const GROUP_FIELDS = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'] as const

/**
 * Reads a Prometheus rule file. It is taken as a whole or not at all.
 * @param file how it is named in errors and in the API
 * @throws RuleError with every fault, each with its line, column and reason
 */
export function parseRuleFile(file: string, source: string, origin: Origin = 'file'): readonly RuleGroup[] {
  const yaml = readYaml(file, source)
  if (yaml.root === null) return []
  const fields = yaml.fields(yaml.root, '', ['groups'])
  const groups: RuleGroup[] = []
  for (const node of yaml.items(fields?.groups, 'groups')) {
    const group = yaml.fields(node, 'group', GROUP_FIELDS)
    if (!group) continue
    const name = yaml.text(group.name, 'group') ?? ''
    const where = `group ${JSON.stringify(name)}`
    if (name === '') yaml.fault(node, 'group', 'a group must have a name')
    if (groups.some((g) => g.name === name))
      yaml.fault(node, where, 'this name is repeated in the file; give each group its own')
    const reading = { yaml, where }
    const labels = readLabels(reading, group.labels)
    const rules = yaml
      .items(group.rules, where)
      .map((rule, i) => parseRule(yaml, rule, { group: name, index: i + 1, labels }))
    groups.push({
      name,
      file,
      origin,
      intervalMs: group.interval && positiveDuration(reading, group.interval),
      limit: readLimit(reading, group.limit),
      queryOffsetMs: readDuration(reading, group.query_offset, 'query_offset'),
      rules: rules.filter((rule): rule is Rule => rule !== undefined),
    })
  }
  if (yaml.faults.length > 0) throw new RuleError('invalid_rules', file, yaml.faults)
  return groups
}

function readLabels({ yaml, where }: Reading, field: Field | undefined) {
  const labels = yaml.texts(field, where)
  for (const { name, key } of labels)
    if (!isLabelName(name)) yaml.fault(key, where, `invalid label name: ${JSON.stringify(name)}`)
  return labels
}

function positiveDuration(reading: Reading, field: Field): number | undefined {
  const ms = readDuration(reading, field, 'interval')
  return ms > 0 ? ms : undefined
}

function readDuration({ yaml, where }: Reading, field: Field | undefined, name: string): number {
  const text = yaml.text(field, where)
  if (text === undefined) return 0
  try {
    return parseRuleDuration(text)
  } catch (error) {
    yaml.fault(
      field?.value ?? null,
      where,
      `${name}: ${error instanceof Error ? error.message : String(error)}`,
    )
    return 0
  }
}

function readLimit({ yaml, where }: Reading, field: Field | undefined): number {
  const text = yaml.text(field, where)
  if (text === undefined) return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  yaml.fault(field?.value ?? null, where, `limit: expected a whole number, got ${JSON.stringify(text)}`)
  return 0
}
