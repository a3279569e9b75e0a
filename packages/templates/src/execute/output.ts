import { printValue } from '../values/print-value.ts'
import type { Value } from '../values/value.ts'

/** Where an expansion writes: as it is, or escaped for HTML. */
export interface Output {
  /** Text of the template itself. */
  text(text: string): string
  /** The value of an action; `functions` are those that begin the stages of its pipeline. */
  value(value: Value, functions: readonly (string | undefined)[]): string
  /** Called once the template has ended. @throws Error where it may not end so */
  end(): void
}

/** What `text/template` writes. */
export const plainOutput: Output = { text: (text) => text, value: printValue, end() {} }
