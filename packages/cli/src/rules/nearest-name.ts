/** The name that is most like another one, unless none is like it at all. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  // A third of the letters: further off, a suggestion would be a guess.
  let least = Math.floor(name.length / 3) + 1
  let nearest: string | undefined
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue
    const distance = editDistance(name, candidate)
    if (distance < least) [least, nearest] = [distance, candidate]
  }
  return nearest
}

/** How many letters must be put in, taken out or changed to make one of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
