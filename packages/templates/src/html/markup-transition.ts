import { attributeKind } from './attribute-kind.ts'
import {
  ATTRIBUTE_STATE,
  CONTENT_STATE,
  type Context,
  HtmlContextError,
  type RawElement,
  START,
  type Step,
  stepTo,
} from './context.ts'

const SPACE = /[ \t\n\f\r]*/y
const TAG_NAME = /[a-zA-Z](?:[a-zA-Z0-9]|[:-](?=[a-zA-Z0-9]))*/y
const ATTRIBUTE_NAME = /[^ \t\n\f\r=>]*/y
const RAW: ReadonlySet<string> = new Set<RawElement>(['script', 'style', 'textarea', 'title'])

/** How far the sticky pattern matches from there. */
function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  const match = pattern.exec(text)
  return match ? from + match[0].length : from
}

/** Text outside tags: up to the end of the next tag's name, or into a comment. */
export function fromText(context: Context, text: string): Step {
  let from = 0
  for (;;) {
    const open = text.indexOf('<', from)
    if (open < 0 || open + 1 === text.length) return { context, length: text.length }
    if (text.startsWith('<!--', open)) return stepTo(START, { state: 'comment' }, open + 4)
    const closes = text[open + 1] === '/'
    const begin = open + (closes ? 2 : 1)
    const end = endOf(TAG_NAME, text, begin)
    if (end > begin) {
      const name = text.slice(begin, end).toLowerCase()
      const element = !closes && RAW.has(name) ? (name as RawElement) : 'none'
      return stepTo(START, { state: 'tag', element }, end)
    }
    from = begin
  }
}

/** Inside a tag: an attribute's name, or the tag's end. */
export function fromTag(context: Context, text: string): Step {
  const begin = endOf(SPACE, text, 0)
  if (begin === text.length) return { context, length: begin }
  const { element } = context
  if (text[begin] === '>') return stepTo(START, { state: CONTENT_STATE[element], element }, begin + 1)
  const end = endOfName(text, begin)
  if (end === begin)
    throw new HtmlContextError(
      `expected space, attr name, or end of tag, but got ${JSON.stringify(text.slice(begin, begin + 20))}`,
    )
  const attribute = attributeKind(element, text.slice(begin, end))
  return stepTo(START, { state: end === text.length ? 'attr-name' : 'after-name', element, attribute }, end)
}

function endOfName(text: string, begin: number): number {
  const end = endOf(ATTRIBUTE_NAME, text, begin)
  const bad = /['"<]/.exec(text.slice(begin, end))
  if (bad)
    throw new HtmlContextError(
      `${JSON.stringify(bad[0])} in attribute name: ${JSON.stringify(text.slice(begin, end))}`,
    )
  return end
}

export function fromAttrName(context: Context, text: string): Step {
  const end = endOfName(text, 0)
  return end === text.length ? { context, length: end } : stepTo(context, { state: 'after-name' }, end)
}

export function fromAfterName(context: Context, text: string): Step {
  const at = endOf(SPACE, text, 0)
  if (at === text.length) return { context, length: at }
  // Without a value: another attribute follows, or the tag ends.
  return text[at] === '='
    ? stepTo(context, { state: 'before-value' }, at + 1)
    : stepTo(context, { state: 'tag' }, at)
}

export function fromBeforeValue(context: Context, text: string): Step {
  const at = endOf(SPACE, text, 0)
  if (at === text.length) return { context, length: at }
  const quote = text[at]
  const delimiter = quote === '"' ? 'double' : quote === "'" ? 'single' : 'space'
  const state = ATTRIBUTE_STATE[context.attribute]
  return stepTo(context, { state, delimiter }, delimiter === 'space' ? at : at + 1)
}

export function fromComment(context: Context, text: string): Step {
  const end = text.indexOf('-->')
  return end < 0 ? { context, length: text.length } : { context: START, length: end + 3 }
}

/** Where the element that holds no markup ends in the text; undefined when it does not. */
export function endOfRaw({ element }: Context, text: string): number | undefined {
  if (element === 'none') return undefined
  const end = new RegExp(`</${element}(?=[ \\t\\n\\f\\r/>])`, 'i').exec(text)
  return end?.index
}
