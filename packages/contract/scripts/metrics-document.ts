import { identityLabels, type MetricDefinition, type MetricGroup, metricGroups } from '../src/mod.ts'

/** The page of every metric that Tocsin defines, as Markdown. */
export function metricsDocument(): string {
  return `${[introduction(), ...metricGroups.map(section)].join('\n\n')}\n`
}

function introduction(): string {
  const count = metricGroups.reduce((sum, { metrics }) => sum + Object.keys(metrics).length, 0)
  const identity = identityLabels.map(code).join(' and ')
  return `# Metrics

${count} metrics that Tocsin defines. An application may publish any others: what is here is what dashboards, rules, objectives
and capacity read. Every series carries ${identity} beside the labels below: the SDK and the services add them. Where a unit is given,
values and buckets are in it; counters count up from 0, and begin again when their process does. An info metric is always 1.

${metricGroups.map(({ title }) => `- [${title}](#${anchor(title)})`).join('\n')}`
}

function section({ title, about, publishers, metrics, examples }: MetricGroup): string {
  const rows = Object.values(metrics).map(row)
  return `## ${title}

${about} Published by: ${publishers.map(publisher).join(', ')}.

| metric | type | labels | |
|---|---|---|---|
${rows.join('\n')}

${examples.map(({ question, query }) => `${question}\n\n\`\`\`promql\n${query}\n\`\`\``).join('\n\n')}`
}

function row({ name, type, unit, labels, help, buckets }: MetricDefinition): string {
  const kind = unit === undefined ? type : `${type}, ${unit}`
  const bounds = buckets === undefined ? '' : ` Buckets: ${buckets.map(plain).join(', ')}.`
  return `| ${code(name)} | ${kind} | ${labels.map(code).join(', ')} | ${cell(help)}${bounds} |`
}

/** As people write it: 0.00001, not 1e-5. */
function plain(bound: number): string {
  return bound.toLocaleString('en', { maximumFractionDigits: 6, useGrouping: false })
}

function publisher(name: MetricGroup['publishers'][number]): string {
  if (name === 'application') return 'applications, with the SDK'
  return name === 'every service' ? name : code(name)
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}

function code(text: string): string {
  return `\`${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
