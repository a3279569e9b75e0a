import { type Context, type Step, stepTo } from './context.ts'

/** A URL's text: what was written of it decides how what follows is escaped. */
export function fromUrl(context: Context, text: string): Step {
  if (/[#?]/.test(text)) return stepTo(context, { urlPart: 'query' }, text.length)
  const begins = context.urlPart === 'none' && /[^ \t\n\f\r]/.test(text)
  return begins ? stepTo(context, { urlPart: 'before-query' }, text.length) : { context, length: text.length }
}
