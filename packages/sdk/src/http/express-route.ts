import { UNMATCHED } from './request-labels.ts'

/** What express knows of a request once a route has matched. */
export interface RoutedRequest {
  readonly app?: ExpressApp
  readonly baseUrl?: string
  readonly route?: Route
}

/** An application of express as it is inside, in 4 (`_router`) and 5 (`router`). */
interface ExpressApp {
  readonly _router?: Stack
  readonly router?: Stack
  readonly parent?: ExpressApp
  readonly mountpath?: Path
}
interface Stack {
  readonly stack?: readonly Layer[]
}
interface Layer {
  readonly route?: Route
  readonly handle?: Stack & ExpressApp
  /** Express 5. */
  readonly rawPath?: Path
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}
interface Route {
  readonly path?: Path
}
type Path = string | RegExp | readonly Path[]

/** A mount path that is nowhere to be found, as under a router inside a function of the application's own. */
const HIDDEN = '/*'
const MAX_DEPTH = 20

/**
 * Makes what tells the pattern of the route that a request matched, the patterns of routers' mount paths included.
 * Express itself tells only their values, which must not become labels: so the pattern is looked up where it was
 * declared, once for each route.
 */
export function createRouteReader(): (request: RoutedRequest) => string {
  const known = new WeakMap<Route, readonly string[]>()

  return ({ app, baseUrl = '', route }) => {
    if (route === undefined) return UNMATCHED
    let mounts = known.get(route)
    if (mounts === undefined) {
      mounts = app === undefined ? [] : findMounts(app, route)
      known.set(route, mounts)
    }
    const mount = mounts.length > 1 ? choose(mounts, baseUrl) : (mounts[0] ?? mountOf(baseUrl && HIDDEN))
    const path = textOf(route.path ?? '')
    return mount + (path === '/' && mount !== '' ? '' : path)
  }
}

/** The patterns of every mount path that leads to a route. */
function findMounts(app: ExpressApp, route: Route): readonly string[] {
  let prefix = ''
  for (let mounted = app; mounted.parent !== undefined; mounted = mounted.parent)
    prefix = mountOf(textOf(mounted.mountpath ?? '')) + prefix
  return [...mountsBelow(app._router ?? app.router, route, prefix, 0)]
}

function* mountsBelow(
  router: Stack | undefined,
  route: Route,
  prefix: string,
  depth: number,
): Generator<string> {
  if (depth > MAX_DEPTH) return
  for (const layer of router?.stack ?? []) {
    if (layer.route === route) yield prefix
    const { handle } = layer
    if (layer.route || !handle) continue
    const inner = handle.stack ? handle : (handle._router ?? routerOf(handle))
    if (inner) yield* mountsBelow(inner, route, prefix + mountOf(patternOf(layer)), depth + 1)
  }
}

/** The router of an application that was mounted as it is. Express 4 throws where it has a router no more. */
function routerOf(handle: ExpressApp): Stack | undefined {
  try {
    return handle.router
  } catch {
    return undefined
  }
}

function patternOf({ rawPath, regexp, keys = [] }: Layer): string {
  if (rawPath !== undefined) return textOf(rawPath)
  if (regexp === undefined) return HIDDEN
  return regexp.fast_slash ? '' : patternOfRegexp(regexp, keys)
}

/** The path that express 4 made a regular expression of, or that expression where it is none. */
function patternOfRegexp(regexp: RegExp, keys: readonly { readonly name: string | number }[]): string {
  let key = 0
  const path = regexp.source
    .replace(/^\^/, '')
    .replace(/\\\/\?\(\?=\\\/\|\$\)$/, '')
    .replace(/(?:\(\?:\\\/|\\\/\(\?:)\(([^()]*)\)\)\??/g, () => `/:${keys[key++]?.name}`)
    .replace(/\\([/.-])/g, '$1')
  return /[()[\]?*+^$|\\]/.test(path) ? String(regexp) : path
}

const mountOf = (path: string): string => (path === '/' ? '' : path)

function textOf(path: Path): string {
  if (typeof path === 'string') return path.replace(/(?<=.)\/$/, '')
  return Array.isArray(path) ? path.map(textOf).join('|') : String(path)
}

/** Of the mount paths of one router that is mounted more than once, the one that a path came by. */
function choose(patterns: readonly string[], path: string): string {
  const fitting = patterns.find((pattern) => matches(pattern, path))
  return fitting ?? patterns.find((pattern) => /[*(){}|\\]/.test(pattern)) ?? patterns[0] ?? HIDDEN
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.toLowerCase().split('/')
  const given = path.toLowerCase().split('/')
  return (
    expected.length === given.length &&
    expected.every((segment, i) => segment.includes(':') || segment === given[i])
  )
}
