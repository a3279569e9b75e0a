import { type AlertData, expandTemplate, type TemplateContext } from '@tocsin/templates'
import type { NamedTemplate } from './rule.ts'

/**
 * Expands labels or annotations for one alert. A template that fails becomes the text that says so: the alert
 * goes out all the same.
 */
export function expandTemplates(
  templates: readonly NamedTemplate[],
  data: AlertData,
  context: TemplateContext,
): Record<string, string> {
  const expanded: Record<string, string> = {}
  for (const { name, template } of templates) {
    try {
      expanded[name] = expandTemplate(template, data, context)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      expanded[name] = `<error expanding template: ${reason}>`
    }
  }
  return expanded
}
