/** What a place in an HTML text is part of. */
export type State =
  | 'text'
  | 'tag'
  | 'attr-name'
  | 'after-name'
  | 'before-value'
  | 'comment'
  | 'rcdata'
  | 'attr'
  | 'url'
  | 'srcset'
  | 'js'
  | 'js-double'
  | 'js-single'
  | 'js-template'
  | 'js-regexp'
  | 'js-block-comment'
  | 'js-line-comment'
  | 'css'
  | 'css-double'
  | 'css-single'
  | 'css-url'
  | 'css-url-double'
  | 'css-url-single'
  | 'css-block-comment'
  | 'css-line-comment'

/** What ends the attribute's value that the place is in. */
export type Delimiter = 'none' | 'double' | 'single' | 'space'

/** Elements whose content is no markup. */
export type RawElement = 'none' | 'script' | 'style' | 'textarea' | 'title'

export type AttributeKind = 'plain' | 'url' | 'srcset' | 'style' | 'script' | 'script-type'

export interface Context {
  readonly state: State
  readonly delimiter: Delimiter
  /** How much of a URL was written: nothing, its beginning, or more than its path. */
  readonly urlPart: 'none' | 'before-query' | 'query'
  /** What a slash would begin in a script. */
  readonly slash: 'regexp' | 'division'
  readonly attribute: AttributeKind
  readonly element: RawElement
}

export const START: Context = {
  state: 'text',
  delimiter: 'none',
  urlPart: 'none',
  slash: 'regexp',
  attribute: 'plain',
  element: 'none',
}

/** What an element holds. */
export const CONTENT_STATE: Readonly<Record<RawElement, State>> = {
  none: 'text',
  script: 'js',
  style: 'css',
  textarea: 'rcdata',
  title: 'rcdata',
}

/** How the value of an attribute begins. */
export const ATTRIBUTE_STATE: Readonly<Record<AttributeKind, State>> = {
  plain: 'attr',
  url: 'url',
  srcset: 'srcset',
  style: 'css',
  script: 'js',
  'script-type': 'attr',
}

export function isComment(state: State): boolean {
  return state === 'comment' || state.endsWith('-comment')
}

/** A place that no text can be put into safely, or that the template may not end in. */
export class HtmlContextError extends Error {
  override readonly name = 'HtmlContextError'
}

/** A transition: the context after the first `length` characters of the text that were looked at. */
export interface Step {
  readonly context: Context
  readonly length: number
}

export function stepTo(context: Context, change: Partial<Context>, length: number): Step {
  return { context: { ...context, ...change }, length }
}
