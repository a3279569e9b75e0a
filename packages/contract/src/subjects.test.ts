import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSubjects, sourceOfMetricsSubject, subjectToken, textOfToken } from './subjects.ts'

describe('subject tokens', () => {
  it('hold any text, reversibly, in one token that NATS takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const token = subjectToken(text)
        expect(token).toMatch(/^[^\s.*>]+$/)
        expect(textOfToken(token)).toBe(text)
      }),
      { examples: [[''], ['%'], ['a.b'], ['* >'], ['High CPU 95.5%'], ['\u0000'], ['\ufeff'], ['\u0085']] },
    )
  })

  it('leave plain names as they are', () => {
    expect(createSubjects().alert('firing', 'HighErrorRate')).toBe('monitoring.alerts.firing.HighErrorRate')
    expect(createSubjects('acme').metrics('shop')).toBe('acme.metrics.shop')
  })

  it('name alerts of any length in a line that NATS takes', () => {
    const subjects = createSubjects()
    const [long, wide] = ['N'.repeat(100_000), '\u0000'.repeat(100_000)]
    for (const subject of [subjects.alert('firing', long), subjects.postedAlerts(wide)])
      expect(subject.length).toBeLessThan(1000)
    expect(subjects.alertsNamed(long)).toBe(subjects.alert('firing', long).replace('firing', '*'))
  })

  it.each(['', 'a b', 'a.*', '>', '.a', 'a..b'])("refuse '%s' as a prefix", (prefix) => {
    expect(() => createSubjects(prefix)).toThrow(/NATS_SUBJECT_PREFIX/)
  })

  it('name the source, also one by hand that is not encoded', () => {
    const subjects = createSubjects()
    expect(sourceOfMetricsSubject(subjects, subjects.metrics('my app'))).toBe('my app')
    expect(sourceOfMetricsSubject(subjects, 'monitoring.metrics.eu.shop')).toBe('eu.shop')
    expect(sourceOfMetricsSubject(subjects, 'monitoring.metrics.100%')).toBe('100%')
  })
})
