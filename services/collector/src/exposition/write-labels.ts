import type { Labels } from '@tocsin/contract'

/** Labels as both formats have them between braces; without a name or empty values, and without `except`. */
export function writeLabels(labels: Labels, except?: string): string {
  let text = ''
  for (const label in labels) {
    const value = labels[label]
    // An empty value is the same as no label, and is not written.
    if (label === '__name__' || label === except || value === undefined || value === '') continue
    const pair = `${label}="${escapeLabelValue(value)}"`
    text += text === '' ? pair : `,${pair}`
  }
  return text
}

/** A series as it stands at the beginning of its line: `name{label="value"}`, escaped. */
export function writeSeries(name: string, labels: Labels): string {
  const pairs = writeLabels(labels)
  return pairs === '' ? name : `${name}{${pairs}}`
}

/** Escapes a label's value; the same in both formats. */
function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

/** Escapes the text of `# HELP`; OpenMetrics escapes quotes as well. */
export function escapeHelp(help: string, kind: 'text' | 'openmetrics'): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return kind === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}
