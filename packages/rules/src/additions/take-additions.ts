import type { Compiled } from '../compile-expression.ts'
import type { Field, YamlReader } from '../yaml-reader.ts'
import type { Additions, AdditionTexts } from './additions.ts'
import { readAdditions } from './read-additions.ts'

type NamedText = Field & { readonly name: string; readonly text: string }

/** What each annotation asks for; any other that begins so is a slip. */
const ADDITIONS: ReadonlyMap<string, keyof AdditionTexts> = new Map([
  ['tocsin_no_data', 'noData'],
  ['tocsin_resolve', 'resolve'],
  ['tocsin_flap', 'flap'],
])

/** Parts the annotations that ask for something beyond Prometheus from those that are shown. */
export function takeAdditions(
  texts: readonly NamedText[],
  where: string,
  yaml: YamlReader,
): {
  readonly shown: readonly NamedText[]
  readonly additionsTo: (query: Compiled) => { readonly additions?: Additions }
} {
  const own = texts.filter(({ name }) => name.startsWith('tocsin_'))
  const named = new Map<keyof AdditionTexts, NamedText>()
  for (const text of own) {
    const addition = ADDITIONS.get(text.name)
    if (addition) named.set(addition, text)
    else
      yaml.fault(
        text.key,
        where,
        `unknown annotation ${text.name}; there are ${[...ADDITIONS.keys()].join(', ')}`,
      )
  }
  const asked = Object.fromEntries([...named].map(([addition, { text }]) => [addition, text]))
  return {
    shown: texts.filter((text) => !own.includes(text)),
    additionsTo(query) {
      const additions = readAdditions(asked, query, (addition, reason) => {
        const text = named.get(addition)
        yaml.fault(text?.value ?? null, where, `${text?.name}: ${reason}`)
      })
      return additions ? { additions } : {}
    },
  }
}
