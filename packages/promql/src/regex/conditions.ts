/** What an assertion asks of a position, as bits. */
export const CONDITION = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const

/** Stands for what is before the first and after the last character. */
export const NO_RUNE = -1
export const NEWLINE = 10

/** The conditions that hold between two neighbouring code points. */
export function conditionsBetween(before: number, after: number): number {
  let holding: number = isWord(before) === isWord(after) ? CONDITION.noWordBoundary : CONDITION.wordBoundary
  if (before === NO_RUNE) holding |= CONDITION.beginText | CONDITION.beginLine
  if (before === NEWLINE) holding |= CONDITION.beginLine
  if (after === NO_RUNE) holding |= CONDITION.endText | CONDITION.endLine
  if (after === NEWLINE) holding |= CONDITION.endLine
  return holding
}

/** Whether a code point is one of `[0-9A-Za-z_]`, as `\b` sees it. */
export function isWord(rune: number): boolean {
  return (
    (rune >= 97 && rune <= 122) || (rune >= 65 && rune <= 90) || (rune >= 48 && rune <= 57) || rune === 95
  )
}
