import { QueryError } from '../errors.ts'
import { InvalidRegexError } from '../regex/compile-regex.ts'
import { compileReplacement, type ReplaceInSteps } from '../regex/replacement.ts'
import type { Labels } from '../storage.ts'
import { isValidLabelName } from '../syntax/strings.ts'
import type { Block } from './block.ts'
import { labelValue, METRIC_NAME, setLabels } from './labels.ts'
import type { Query } from './query.ts'
import { mergeEqualRows } from './settle-names.ts'
import { takeSteps } from './take-steps.ts'

/** `label_replace(v, dst, replacement, src, regex)`: sets a label from another one that matches. */
export function* labelReplace(query: Query, block: Block, args: readonly string[]): Generator<void, Block> {
  const [target = '', replacement = '', source = '', pattern = ''] = args
  const replace = compile(pattern, replacement)
  if (!isValidLabelName(target)) {
    throw new QueryError('execution', `invalid destination label name in label_replace(): ${target}`)
  }
  for (const [row, labels] of block.labels.entries()) {
    const text = labelValue(labels, source)
    if (query.due(64 + text.length)) yield
    const value = yield* takeSteps(query, replace(text))
    if (value !== undefined) setRowLabel(block, row, labels, target, value)
  }
  return yield* mergeEqualRows(query, block)
}

function compile(pattern: string, replacement: string): ReplaceInSteps {
  try {
    return compileReplacement(pattern, replacement)
  } catch (error) {
    if (!(error instanceof InvalidRegexError)) throw error
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`, {
      cause: error,
    })
  }
}

/** `label_join(v, dst, separator, src…)`: sets a label to the values of others. */
export function* labelJoin(query: Query, block: Block, args: readonly string[]): Generator<void, Block> {
  const [target = '', separator = '', ...sources] = args
  for (const source of sources) {
    if (!isValidLabelName(source)) {
      throw new QueryError('execution', `invalid source label name in label_join(): ${source}`)
    }
  }
  if (!isValidLabelName(target)) {
    throw new QueryError('execution', `invalid destination label name in label_join(): ${target}`)
  }
  for (const [row, labels] of block.labels.entries()) {
    if (query.due(16)) yield
    const value = sources.map((source) => labelValue(labels, source)).join(separator)
    setRowLabel(block, row, labels, target, value)
  }
  return yield* mergeEqualRows(query, block)
}

/** Calls within calls could double a value until memory ends. */
const LONGEST_VALUE = 65_536

function setRowLabel(block: Block, row: number, labels: Labels, target: string, value: string): void {
  if (value.length > LONGEST_VALUE) {
    throw new QueryError('execution', `label "${target}" would be longer than ${LONGEST_VALUE} characters`)
  }
  block.labels[row] = setLabels(labels, [[target, value]])
  // A name that was set on purpose stays.
  if (target === METRIC_NAME) block.dropName[row] = false
}
