import { Html } from './html.ts'

/** Fonts that every system has. */
export const FONT =
  "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
export const MONO = "font-family:SFMono-Regular,Consolas,'Liberation Mono',Menlo,monospace"

/** The colours of the light form, which stand in each tag, since many mail clients read nothing else. */
export const light = {
  page: '#eef0f3',
  card: '#ffffff',
  ink: '#111827',
  body: '#374151',
  quiet: '#6b7280',
  rule: '#e5e7eb',
  panel: '#f6f7f9',
  link: '#1d4ed8',
}

/** Each colour's class, and what it turns into where the reader's device is dark. Outlook marks its own dark form. */
const dark: readonly (readonly [selector: string, rule: string])[] = [
  ['.t-page', 'background:#111318'],
  ['.t-card', 'background:#1c1f26'],
  ['.t-ink', 'color:#f3f4f6'],
  ['.t-body', 'color:#d1d5db'],
  ['.t-quiet', 'color:#9ca3af'],
  ['.t-rule', 'border-color:#2f343e'],
  ['.t-panel', 'background:#252932'],
  ['.t-link', 'color:#93c5fd;border-color:#475063'],
]

const important = (rule: string) => rule.replaceAll(';', ' !important;').concat(' !important')

/** What the head of every mail holds. */
export const STYLE = new Html(`<style>
@media (prefers-color-scheme:dark){${dark.map(([selector, rule]) => `${selector}{${important(rule)}}`).join('')}}
${dark.map(([selector, rule]) => `[data-ogsc] ${selector},[data-ogsb] ${selector}{${important(rule)}}`).join('')}
@media (max-width:480px){.t-pad{padding-left:16px !important;padding-right:16px !important}.t-button{display:block !important;margin-right:0 !important;text-align:center !important}}
</style>`)
