import { type Context, HtmlContextError, START, type State, type Step, stepTo } from './context.ts'
import { decodeEntities } from './decode-entities.ts'
import {
  endOfRaw,
  fromAfterName,
  fromAttrName,
  fromBeforeValue,
  fromComment,
  fromTag,
  fromText,
} from './markup-transition.ts'
import { fromScript, fromScriptString } from './script-transition.ts'
import { fromStyle, fromStyleString } from './style-transition.ts'
import { fromUrl } from './url-transition.ts'

type Transition = (context: Context, text: string) => Step

const stay: Transition = (context, text) => ({ context, length: text.length })

function until(end: RegExp, state: State): Transition {
  return (context, text) => {
    const match = end.exec(text)
    return match ? stepTo(context, { state }, match.index + match[0].length) : stay(context, text)
  }
}

/** A line's end ends its comment, and belongs to what follows. */
function untilLine(state: State): Transition {
  return (context, text) => {
    const at = text.search(/[\n\r\f\u2028\u2029]/)
    return at < 0 ? stay(context, text) : stepTo(context, { state }, at)
  }
}

const TRANSITIONS: Readonly<Record<State, Transition>> = {
  text: fromText,
  tag: fromTag,
  'attr-name': fromAttrName,
  'after-name': fromAfterName,
  'before-value': fromBeforeValue,
  comment: fromComment,
  rcdata: stay,
  attr: stay,
  srcset: stay,
  url: fromUrl,
  js: fromScript,
  'js-double': fromScriptString,
  'js-single': fromScriptString,
  'js-template': fromScriptString,
  'js-regexp': fromScriptString,
  'js-block-comment': until(/\*\//, 'js'),
  'js-line-comment': untilLine('js'),
  css: fromStyle,
  'css-double': fromStyleString,
  'css-single': fromStyleString,
  'css-url': fromStyleString,
  'css-url-double': fromStyleString,
  'css-url-single': fromStyleString,
  'css-block-comment': until(/\*\//, 'css'),
  'css-line-comment': untilLine('css'),
}

const VALUE_ENDS = { double: '"', single: "'" } as const

/** The context after the next piece of a template's own text, and how long that piece is. */
export function transition(context: Context, text: string): Step {
  if (context.delimiter !== 'none') return fromValue(context, text)
  const end = endOfRaw(context, text)
  const inside = context.state !== 'tag' && context.element !== 'none' && !isInTag(context.state)
  if (inside && end === 0) return { context: START, length: 0 }
  const most = inside ? (end ?? text.length) : text.length
  return TRANSITIONS[context.state](context, text.slice(0, most))
}

function isInTag(state: State): boolean {
  return state === 'attr-name' || state === 'after-name' || state === 'before-value'
}

/** Inside the value of an attribute, whose text is decoded before its own language is looked at. */
function fromValue(context: Context, text: string): Step {
  const { delimiter, element } = context
  const end = delimiter === 'space' ? text.search(/[ \t\n\f\r>]/) : text.indexOf(endOf(delimiter))
  const value = end < 0 ? text : text.slice(0, end)
  const stray = delimiter === 'space' ? /["'<=`]/.exec(value) : null
  if (stray)
    throw new HtmlContextError(`${JSON.stringify(stray[0])} in unquoted attr: ${JSON.stringify(value)}`)
  if (end < 0) return { context: through(context, decodeEntities(value)), length: text.length }
  // A script of another type, such as a block of data, is no JavaScript.
  const plain =
    context.attribute === 'script-type' &&
    !/^(?:module|(?:text|application)\/(?:x-)?(?:(?:java|ecma|j|live)script|(?:ld\+)?json))?$/i.test(
      value.trim(),
    )
  const after = { state: 'tag', element: plain ? 'none' : element } as const
  return stepTo(START, after, delimiter === 'space' ? end : end + 1)
}

function endOf(delimiter: 'none' | 'double' | 'single'): string {
  return delimiter === 'single' ? VALUE_ENDS.single : VALUE_ENDS.double
}

function through(start: Context, text: string): Context {
  let context = start
  for (let rest = text; rest !== ''; ) {
    const step = TRANSITIONS[context.state](context, rest)
    context = step.context
    rest = rest.slice(step.length)
  }
  return context
}

/** The context that an action stands in: where an attribute is awaited, its value begins one. */
export function nudged(context: Context): Context {
  switch (context.state) {
    case 'tag':
      return { ...context, state: 'attr-name' }
    case 'before-value':
      return stepTo(context, { state: stateOfValue(context), delimiter: 'space', attribute: 'plain' }, 0)
        .context
    case 'after-name':
      return { ...context, state: 'attr-name', attribute: 'plain' }
    default:
      return context
  }
}

function stateOfValue(context: Context): State {
  return fromBeforeValue(context, 'x').context.state
}
