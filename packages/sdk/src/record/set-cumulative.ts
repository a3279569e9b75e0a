import type { Counter } from 'prom-client'

const absolute = new WeakSet<object>()

/**
 * Sets a counter to a total that is kept elsewhere (the kernel, a driver, a broker) since before we looked.
 * @example setCumulative(received, { device: 'eth0' }, 1_234_567)
 */
export function setCumulative<Label extends string>(
  counter: Counter<Label>,
  labels: Partial<Record<Label, string | number>>,
  total: number,
): void {
  if (!(total >= 0) || total === Number.POSITIVE_INFINITY)
    throw new RangeError(`a counter's total is a finite number from 0, not ${total}`)
  absolute.add(counter)
  counter.remove(labels)
  counter.inc(labels, total)
}

/** Whether a counter's totals began before it was made here, so that its first value is no increase. */
export const isAbsolute = (counter: object): boolean => absolute.has(counter)
