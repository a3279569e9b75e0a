export {
  createNotificationTemplates,
  type NotificationTemplates,
  type TemplateSource,
} from './alertmanager/notification-templates.ts'
export type { TemplateAlert, TemplateData } from './alertmanager/template-data.ts'
export { type AlertData, expandTemplate, parseTemplate } from './prometheus/expand-alert.ts'
export type { TemplateContext } from './prometheus/functions.ts'
export type { Sample } from './prometheus/sample.ts'
export type { Template } from './syntax/ast.ts'
export { TemplateError, type TemplateErrorCode } from './template-error.ts'
export { formatFloat } from './values/format-float.ts'
