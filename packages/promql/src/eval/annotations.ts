import { describePosition, type Position } from '../errors.ts'

/** Remarks about a query that do not fail it, each once, in the order they came up. */
export interface Annotations {
  warn(text: string, at: Position): void
  inform(text: string, at: Position): void
  list(): { readonly warnings: readonly string[]; readonly infos: readonly string[] }
}

/** More of one kind tell nobody more; the rest are counted. */
const MOST = 100

export function createAnnotations(source: string): Annotations {
  const warnings = new Set<string>()
  const infos = new Set<string>()
  const add = (to: Set<string>, text: string, at: Position): void => {
    if (to.size < MOST) to.add(`${text} (${describePosition(source, at.start)})`)
  }
  return {
    warn: (text, at) => add(warnings, `PromQL warning: ${text}`, at),
    inform: (text, at) => add(infos, `PromQL info: ${text}`, at),
    list: () => ({ warnings: [...warnings], infos: [...infos] }),
  }
}
