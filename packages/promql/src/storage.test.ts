import { describe, expect, it } from 'vitest'
import { createMatcher, isStaleAt, matchLabels, writeStaleAt } from './storage.ts'

describe('staleness markers', () => {
  it('are told from numbers and from other NaNs', () => {
    const values = Float64Array.of(1, Number.NaN, 0, Number.POSITIVE_INFINITY)
    writeStaleAt(values, 2)
    expect([0, 1, 2, 3, 4].map((i) => isStaleAt(values, i))).toEqual([false, false, true, false, false])
  })

  it('survive copies and views of the array', () => {
    const values = new Float64Array(8)
    writeStaleAt(values, 5)
    expect(isStaleAt(values.slice(4), 1)).toBe(true)
    expect(isStaleAt(values.subarray(3), 2)).toBe(true)
    values.copyWithin(0, 5)
    expect(isStaleAt(values, 0)).toBe(true)
  })
})

describe('matchers', () => {
  it('compare an absent label as the empty string', () => {
    expect(matchLabels({ job: 'api' }, [createMatcher('zone', '=', '')])).toBe(true)
    expect(matchLabels({ job: 'api' }, [createMatcher('zone', '!=', '')])).toBe(false)
    expect(matchLabels({ job: 'api' }, [createMatcher('zone', '!~', '.+')])).toBe(true)
    expect(matchLabels({ job: 'api' }, [createMatcher('zone', '=~', 'eu|')])).toBe(true)
  })

  it('give the same answer in steps', () => {
    for (const type of ['=~', '!~'] as const) {
      const matcher = createMatcher('zone', type, 'e[uw]-.?')
      for (const value of ['', 'eu-', 'ew-1', 'eu-12']) {
        const asked = matcher.matchInSteps?.(value).next()
        expect(asked).toEqual({ done: true, value: matcher.matches(value) })
        expect(asked?.value).toBe(/^e[uw]-.?$/.test(value) === (type === '=~'))
      }
    }
    expect(createMatcher('zone', '=', 'eu').matchInSteps).toBeUndefined()
  })

  it('do not take an inherited property for a label', () => {
    expect(matchLabels({}, [createMatcher('constructor', '=', '')])).toBe(true)
    expect(matchLabels({}, [createMatcher('toString', '!=', '')])).toBe(false)
  })
})
