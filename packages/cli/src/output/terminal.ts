import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'

/** Where a command says what it found. */
export interface Terminal {
  print(text: string): void
  /** What is not the answer: warnings, and what is done meanwhile. */
  remark(text: string): void
  readonly colors: Colors
  /** The width of the terminal, in characters. */
  readonly columns: number
}

const USUAL_COLUMNS = 100

/** The terminal that the command was typed into. */
export const terminal = (): Terminal => ({
  print: (text) => console.log(text),
  remark: (text) => console.error(text),
  colors: pc,
  columns: process.stdout.columns ?? USUAL_COLUMNS,
})
