import { messageOf } from '@tocsin/runtime'
import type { NotificationTemplates } from '@tocsin/templates'

type Path = readonly PropertyKey[]

/** Looks at every text of a configuration that is a template: whether it parses, and what it calls exists. */
export function checkTemplates(
  value: unknown,
  templates: Pick<NotificationTemplates, 'check'>,
  onFault: (path: Path, reason: string) => void,
  at: Path = [],
): void {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return
    try {
      templates.check(value)
    } catch (error) {
      onFault(at, messageOf(error))
    }
    return
  }
  if (typeof value !== 'object' || value === null) return
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  for (const [step, item] of inner) checkTemplates(item, templates, onFault, [...at, step])
}
