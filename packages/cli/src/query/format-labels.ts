const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A series as PromQL writes it, so that it can be asked for again: `up{job="api"}`. */
export function formatLabels(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric
  const plain = PLAIN_METRIC.test(name)
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${PLAIN_LABEL.test(label) ? label : quote(label)}=${quote(value)}`,
  )
  if (!plain && name !== '') pairs.unshift(quote(name))
  if (pairs.length === 0 && plain) return name
  return `${plain ? name : ''}{${pairs.join(', ')}}`
}

/** Whatever a terminal would obey rather than show is written as an escape. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /\p{C}/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
