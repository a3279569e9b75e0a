import type { Colors } from 'picocolors/types.js'

/** Where a command on rules says what it found. */
export interface RulesOutput {
  print(text: string): void
  /** What is not the answer: warnings, and what is done meanwhile. */
  remark(text: string): void
  readonly colors: Colors
  /** The width of the terminal, in characters. */
  readonly columns: number
}
