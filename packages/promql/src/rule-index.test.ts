import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { createRuleIndex } from './rule-index.ts'

describe('a rule index', () => {
  const requests = { __name__: 'requests_total', service: 'a', route: '/1' }
  const others = { __name__: 'requests_total', service: 'b', route: '/1' }
  const up = { __name__: 'up', service: 'a' }

  function indexOf(...expressions: string[]) {
    const index = createRuleIndex<string>()
    for (const expression of expressions) index.add(compile(expression), expression)
    return index
  }

  it('names the rules that read a series, each once, and no others', () => {
    const rate = 'rate(requests_total{service="a"}[1m])'
    const twice = 'up == 0 or absent(up)'
    const regex = 'count({__name__=~".+_total",service!="b"})'
    const index = indexOf(rate, twice, regex)
    expect(index.readersOf(requests).rules).toEqual([rate, regex])
    expect(index.readersOf(others).rules).toEqual([])
    expect(index.readersOf(up).rules).toEqual([twice])
    index.remove(twice)
    expect(index.readersOf(up).rules).toEqual([])
  })

  it('tells how far back the furthest of them looks', () => {
    const index = indexOf('rate(requests_total[1m])', 'increase(requests_total[2m] offset 30s)', 'up')
    expect(index.readersOf(requests).reachMs).toBe(150_000)
    expect(index.readersOf(up).reachMs).toBe(300_000)
    expect(index.readersOf({ __name__: 'other' }).reachMs).toBe(0)
    index.add(compile('up @ 20'), 'pinned')
    expect(index.readersOf(up).reachMs).toBe(Infinity)
  })
})
