/** Characters: an alert and what its group has in common then fit into a message, however they are written. */
const MOST = 64 * 1024

/** Annotations come from templates, whose output has no bound; an alert is told without the rest of a very long one. */
export function cutAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(annotations)
  const total = entries.reduce((sum, [name, text]) => sum + name.length + text.length, 0)
  if (total <= MOST) return { ...annotations }
  const each = Math.floor(MOST / entries.length)
  return Object.fromEntries(
    entries.map(([name, text]) => [
      name,
      text.length <= each ? text : `${text.slice(0, each)}… (cut, ${text.length} characters in all)`,
    ]),
  )
}
