import type { Labels } from '@tocsin/contract'
import { formatMatchers } from '../matchers/format-matcher.ts'
import type { Policy, Route, RouteNode } from '../policy/policy.ts'

/** A node of the tree of routes that was asked, and what it answered. */
export interface Asked {
  readonly route: string
  /** How far below the root. */
  readonly depth: number
  readonly matched: boolean
  readonly why: string
}

export interface Explained {
  /** Those that tell somebody, each with its way from the root. */
  readonly routes: readonly { readonly route: Route; readonly path: readonly string[] }[]
  /** Every node that was asked, in order. */
  readonly asked: readonly Asked[]
}

/** How labels find their routes through the tree: what `routesOf` does, with its reasons. */
export function explainRoutes({ root }: Policy, labels: Labels): Explained {
  const asked: Asked[] = []

  function below(node: RouteNode, path: readonly string[], depth: number): Explained['routes'] {
    const found: Explained['routes'][number][] = []
    let taken: string | undefined
    for (const child of node.children) {
      const { key } = child.route
      if (taken !== undefined) {
        asked.push({ route: key, depth, matched: false, why: `not asked: ${taken} took it` })
        continue
      }
      const failed = child.matchers.find((matcher) => !matcher.matches(labels))
      asked.push({
        route: key,
        depth,
        matched: !failed,
        why: failed ? whyNot(failed, labels) : whyTaken(child),
      })
      if (failed) continue
      found.push(...below(child, [...path, key], depth + 1))
      if (!child.continues) taken = key
    }
    return found.length > 0 ? found : [{ route: node.route, path }]
  }

  asked.push({ route: root.route.key, depth: 0, matched: true, why: 'the root takes everything' })
  return { routes: below(root, [root.route.key], 1), asked }
}

function whyNot(matcher: RouteNode['matchers'][number], labels: Labels): string {
  const value = labels[matcher.name]
  const has =
    value === undefined ? `there is no label ${matcher.name}` : `${matcher.name} is ${JSON.stringify(value)}`
  return `${formatMatchers([matcher])} does not match: ${has}`
}

function whyTaken({ matchers, continues }: RouteNode): string {
  const matched = matchers.length === 0 ? 'it asks for nothing' : `${formatMatchers(matchers)} matches`
  return continues ? `${matched}; continue: those after it are asked as well` : matched
}
