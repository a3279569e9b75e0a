import type { Output } from '../execute/output.ts'
import type { Value } from '../values/value.ts'
import { type Context, HtmlContextError, START } from './context.ts'
import { escapersFor } from './escapers-for.ts'
import { type Followed, followText } from './follow-text.ts'
import { nudged } from './transition.ts'

/**
 * What `html/template` writes: each value is escaped for the place that it stands in, which is followed through the text as
 * it is written. Comments are left out, as Go leaves them out.
 */
export function createHtmlOutput(): Output {
  let context = START
  // A loop writes the same text at the same place again and again.
  const same = remembered((_key: string, made: Context) => made)
  const one = (made: Context) => same(Object.values(made).join(), made)
  const follow = remembered((start: Context) =>
    remembered((text: string): Followed => {
      const { written, after } = followText(start, text)
      return { written, after: one(after) }
    }),
  )
  const placeIn = remembered((at: Context) => one(nudged(at)))
  const escapersAt = remembered((place: Context) =>
    remembered((done: string | undefined) => escapersFor(place, done)),
  )
  return {
    text(text) {
      const { written, after } = follow(context)(text)
      context = after
      return written
    },
    value(value, functions) {
      const place = placeIn(context)
      const escapers = escapersAt(place)(doneBy(place, functions))
      context = one(afterValue(place))
      return escapers.reduce<Value>((text, escaper) => escaper(text), value) as string
    },
    end() {
      if (context.state !== 'text')
        throw new HtmlContextError(`the template ends inside ${context.state}, not between tags`)
    },
  }
}

function remembered<Key, Result, Rest extends readonly unknown[]>(
  make: (key: Key, ...rest: Rest) => Result,
): (key: Key, ...rest: Rest) => Result {
  const known = new Map<Key, Result>()
  return (key, ...rest) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const made = make(key, ...rest)
    known.set(key, made)
    return made
  }
}

/** A slash after a value of a script divides it. */
function afterValue(place: Context): Context {
  return place.state === 'js' && place.slash === 'regexp' ? { ...place, slash: 'division' } : place
}

/** `html` and `urlquery` in a pipeline have escaped already: as its last stage they are taken for what they are. */
function doneBy(place: Context, functions: readonly (string | undefined)[]): string | undefined {
  const escaping = functions.findIndex((name) => name === 'html' || name === 'urlquery')
  if (escaping < 0) return undefined
  const unquoted = place.state === 'attr' && place.delimiter === 'space' && functions[escaping] === 'html'
  if (escaping < functions.length - 1 || unquoted)
    throw new HtmlContextError(`predefined escaper "${functions[escaping]}" disallowed in template`)
  return functions[escaping]
}
