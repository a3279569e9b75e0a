import type { OutboxEvent } from '@tocsin/contract'
import { CodedError, messageOf } from '@tocsin/runtime'
import type { NotificationTemplates, TemplateData } from '@tocsin/templates'
import { templateDataOf } from './template-data.ts'

/** Expands the templates of a configuration. Both throw for one that cannot be expanded. */
export type Templates = Pick<NotificationTemplates, 'text' | 'html'>

/** The words of one notification: as the configuration's templates say them, or as we do. */
export interface Say {
  /** What could not be said as configured, and was said in our words instead. */
  readonly faults: readonly string[]
  /** What people read of alerts; messages and digests are always said in our words. */
  text(source: string | undefined, ours: () => string): string
  html(source: string | undefined, ours: () => string): string
  /** What a program reads, of messages and digests as well. */
  body(source: string | undefined, ours: () => string): string
  /** Where it goes or how it is filed. @throws {CodedError} `invalid_template`: there are no other words for it. */
  route(source: string): string
  route(source: string | undefined): string | undefined
}

/** `tame` as for the data of templates. */
export function createSay(
  templates: Templates | undefined,
  event: OutboxEvent,
  tame: (text: string) => string = (text) => text,
): Say {
  const faults: string[] = []
  let data: TemplateData | undefined
  const expand = (kind: 'text' | 'html', source: string) => {
    // Most addresses and names are no templates.
    if (kind === 'text' && !source.includes('{{')) return source
    if (!templates) throw new CodedError('invalid_template', 'no templates are loaded')
    data ??= templateDataOf(event, tame)
    return templates[kind](source, data)
  }
  const read = (kind: 'text' | 'html', source: string | undefined, ours: () => string) => {
    if (source === undefined) return ours()
    try {
      return expand(kind, source)
    } catch (error) {
      // A page with other words is worth more than none.
      faults.push(messageOf(error))
      return ours()
    }
  }
  const ofAlerts = (source: string | undefined) => (event.kind === 'alerts' ? source : undefined)
  return {
    faults,
    text: (source, ours) => read('text', ofAlerts(source), ours),
    html: (source, ours) => read('html', ofAlerts(source), ours),
    body: (source, ours) => read('text', source, ours),
    route: ((source: string | undefined) => {
      if (source === undefined) return undefined
      try {
        return expand('text', source)
      } catch (error) {
        throw new CodedError('invalid_template', messageOf(error), { cause: error })
      }
    }) as Say['route'],
  }
}
