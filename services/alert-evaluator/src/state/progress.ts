/** Follows which evaluations are durable, and so up to where a restart need not evaluate again. */
export interface Progress {
  /** An evaluation that had seen the stream up to `sequence`, durable when `work` has resolved. */
  begin(sequence: number, work: readonly Promise<void>[]): void
  /** Everything up to here is durable. */
  durable(): number
}

export function createProgress(from: number): Progress {
  const open: { readonly sequence: number; done: boolean }[] = []
  let durable = from
  const advance = () => {
    while (open[0]?.done) durable = Math.max(durable, open.shift()?.sequence ?? 0)
  }
  return {
    begin(sequence, work) {
      const entry = { sequence, done: work.length === 0 }
      open.push(entry)
      if (entry.done) advance()
      else
        void Promise.all(work).then(() => {
          entry.done = true
          advance()
        })
    },
    durable: () => durable,
  }
}
