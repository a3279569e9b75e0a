const MUTATORS = ['inc', 'dec', 'set', 'observe', 'reset', 'remove', 'zero'] as const
// prom-client assigns these in the constructor, after it has registered the metric.
const ASSIGNED_LATER = new Set<string>(['inc', 'observe'])

type Method = (this: unknown, ...args: unknown[]) => unknown
type Hookable = Record<string, unknown>

/**
 * Calls `changed` after every change of a prom-client metric, children (`labels()`) and timers included, so that
 * nothing needs to poll. The object stays prom-client's own: only its methods are wrapped, on this instance.
 */
export function hookMetric(target: object, changed: () => void): void {
  const metric = target as Hookable
  for (const name of MUTATORS) {
    if (typeof metric[name] === 'function')
      define(metric, name, wrap(metric[name] as Method, changed, name === 'remove'))
    else if (ASSIGNED_LATER.has(name)) wrapOnAssignment(metric, name, changed)
  }
  // Histograms and summaries make children that go past the instance's observe().
  if (typeof metric['labels'] === 'function')
    define(metric, 'labels', wrapLabels(metric['labels'] as Method, changed))
}

function define(metric: Hookable, name: string, value: unknown): void {
  Object.defineProperty(metric, name, { value, writable: true, configurable: true, enumerable: false })
}

// Two arguments, not a rest parameter: this is the hot path of every inc() and observe().
function wrap(method: Method, changed: () => void, variadic = false): Method {
  if (variadic)
    return function (...args) {
      const result = method.apply(this, args)
      changed()
      return result
    }
  return function (first, second) {
    const result = method.call(this, first, second)
    changed()
    return result
  }
}

function wrapOnAssignment(metric: Hookable, name: string, changed: () => void): void {
  Object.defineProperty(metric, name, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set: (method: Method) => define(metric, name, wrap(method, changed)),
  })
}

function wrapLabels(labels: Method, changed: () => void): Method {
  return function (...args) {
    const child = labels.apply(this, args) as Hookable
    const observe = child['observe']
    if (typeof observe === 'function') child['observe'] = wrap(observe as Method, changed)
    return child
  }
}
