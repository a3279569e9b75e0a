import { formatDuration } from '@tocsin/promql'
import type { Colors } from 'picocolors/types.js'
import type { IntegrationPreview, PreviewAnswer, RoutePreview } from './preview-answer.ts'

const INDENT = '    '

/** What an alert would lead to, for people: the way through the routes, then each route's receivers and messages. */
export function formatPreview(answer: PreviewAnswer, colors: Colors): string {
  const asked = answer.asked.map(({ route, depth, matched, why }) => {
    const mark = matched ? colors.green('✓') : colors.dim('·')
    return `${'  '.repeat(depth)}${mark} ${route}  ${colors.dim(why)}`
  })
  return [
    colors.bold('Routes asked'),
    ...asked,
    ...answer.routes.flatMap((route) => ['', ...routeLines(route, colors)]),
  ].join('\n')
}

function routeLines(route: RoutePreview, colors: Colors): string[] {
  const { waitMs, intervalMs, repeatMs } = route.timing
  const repeat =
    repeatMs === undefined ? 'never again while unchanged' : `again every ${formatDuration(repeatMs)}`
  const when =
    route.digest === undefined
      ? `after ${formatDuration(waitMs)}, news every ${formatDuration(intervalMs)}, ${repeat}`
      : `in the digest ${route.digest}`
  return [
    colors.bold(`${route.path.join(' → ')}`),
    `  receiver  ${route.receiver}${route.fallback ? `, else ${route.fallback}` : ''}`,
    `  group     ${route.group.key}`,
    `  when      ${when}`,
    ...route.mutedBy.map(({ by, ids }) =>
      colors.yellow(`  muted     by ${by.replaceAll('_', ' ')}: ${ids.join(', ')}`),
    ),
    ...(route.integrations.length === 0
      ? [colors.yellow('  nobody is told: the receiver has no integration')]
      : []),
    ...route.integrations.flatMap((one) => integrationLines(one, colors)),
  ]
}

function integrationLines(one: IntegrationPreview, colors: Colors): string[] {
  const silent = one.silent === undefined ? '' : colors.yellow(`  sends nothing: ${one.silent}`)
  return [
    '',
    `  ${colors.bold(one.channel)} (${one.type})${silent}`,
    ...(one.error === undefined ? [] : [colors.red(`  cannot be rendered: ${one.error}`)]),
    ...one.faults.map((fault) => colors.red(`  said in other words: ${fault}`)),
    ...one.parts.flatMap(({ name, type, content }) => [
      `  ${colors.dim(`${name}, ${type}`)}`,
      ...shown(type, content)
        .split('\n')
        .map((line) => (line === '' ? '' : INDENT + line)),
    ]),
  ]
}

/** JSON over several lines; a page of HTML is for a browser. */
function shown(type: string, content: string): string {
  if (type === 'text/html') return `${content.length} characters: --out mail.html writes them to a file`
  if (type !== 'application/json') return content.trimEnd()
  try {
    return JSON.stringify(JSON.parse(content), null, 2)
  } catch {
    return content
  }
}
