import type { Colors } from 'picocolors/types.js'

/** Puts the part's name, in a colour of its own, before each of its lines. */
export function prefixLines(
  names: readonly string[],
  colors: Colors,
): (name: string, text: string) => string {
  const width = Math.max(...names.map((name) => name.length))
  const palette = [
    colors.cyan,
    colors.magenta,
    colors.green,
    colors.yellow,
    colors.blue,
    colors.cyanBright,
    colors.magentaBright,
  ]
  const prefixes = new Map(
    names.map((name, index) => {
      const paint = palette[index % palette.length] ?? colors.white
      return [name, paint(`${name.padEnd(width)} │`)] as const
    }),
  )
  return (name, text) => {
    const prefix = prefixes.get(name) ?? `${name.padEnd(width)} │`
    return text
      .split('\n')
      .map((line) => `${prefix} ${line}`)
      .join('\n')
  }
}
