/** One fault of a rule file: where it is (counted from 1) and what is wrong. */
export interface RuleFault {
  readonly line: number
  readonly column: number
  /** `group "g", rule 2, "Name"`, as far as it is known. */
  readonly where: string
  readonly reason: string
}

export type RuleErrorCode = 'invalid_rules' | 'invalid_tests' | 'unknown_pack'

/** A rule file, or a file of tests of rules, that is refused as a whole, with every fault that was found. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  readonly code: RuleErrorCode
  readonly retryable = false
  readonly file: string
  readonly faults: readonly RuleFault[]

  constructor(code: RuleErrorCode, file: string, faults: readonly RuleFault[], options?: ErrorOptions) {
    super(faults.map((fault) => describeFault(file, fault)).join('\n'), options)
    this.code = code
    this.file = file
    this.faults = faults
  }
}

/** `rules.yml:12:11: group "api", rule 1, "Slow": …`. */
function describeFault(file: string, { line, column, where, reason }: RuleFault): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  return `${place}: ${where === '' ? '' : `${where}: `}${reason}`
}
