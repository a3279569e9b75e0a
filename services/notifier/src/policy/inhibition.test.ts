import type { Labels } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { parseMatcher } from '../matchers/parse-matchers.ts'
import { defaultPolicy } from './default-policy.ts'
import type { InhibitRule } from './inhibit-rule.ts'
import { createInhibition } from './inhibition.ts'

const rule = (source: string[], target: string[], equal: string[]): InhibitRule => ({
  sourceMatchers: source.map(parseMatcher),
  targetMatchers: target.map(parseMatcher),
  equal,
})

function inhibitionBy(...inhibitRules: InhibitRule[]) {
  const rules = { now: inhibitRules }
  const settings = { groupWaitMs: 0, groupIntervalMs: 0, repeatIntervalMs: 1, digestIntervalMs: 1 }
  const inhibition = createInhibition(() => ({
    ...defaultPolicy({ ...settings, integrations: [] }),
    inhibitRules: rules.now,
  }))
  return { inhibition, rules }
}

describe('inhibition', () => {
  const bySeverity = rule(['severity="critical"'], ['severity="warning"'], ['cluster', 'service'])
  const critical: Labels = { severity: 'critical', cluster: 'a', service: 'shop' }

  it('mutes the targets that equal a source that fires, until it ends', () => {
    const { inhibition } = inhibitionBy(bySeverity)
    const target = { severity: 'warning', cluster: 'a', service: 'shop', other: 'x' }
    expect(inhibition.inhibitedBy(target)).toBeUndefined()
    inhibition.observe('c1', critical, 'firing')
    expect(inhibition.inhibitedBy(target)).toBe('c1')
    expect(inhibition.inhibitedBy({ ...target, service: 'mail' })).toBeUndefined()
    expect(inhibition.inhibitedBy({ ...target, severity: 'info' })).toBeUndefined()
    inhibition.observe('c2', { ...critical, host: 'b' }, 'firing')
    inhibition.observe('c1', critical, 'resolved')
    expect(inhibition.inhibitedBy(target)).toBe('c2')
    inhibition.observe('c2', { ...critical, host: 'b' }, 'resolved')
    expect(inhibition.inhibitedBy(target)).toBeUndefined()
  })

  it('takes a label that is absent for an empty one', () => {
    const { inhibition } = inhibitionBy(bySeverity)
    inhibition.observe('c1', { severity: 'critical', cluster: 'a' }, 'firing')
    expect(inhibition.inhibitedBy({ severity: 'warning', cluster: 'a', service: '' })).toBe('c1')
    expect(inhibition.inhibitedBy({ severity: 'warning', cluster: 'a' })).toBe('c1')
  })

  it('does not mute by itself, nor by its like, what matches both sides', () => {
    const { inhibition } = inhibitionBy(rule(['kind=~"down|slow"'], ['kind=~"down|error"'], []))
    inhibition.observe('both', { kind: 'down' }, 'firing')
    expect(inhibition.inhibitedBy({ kind: 'down' })).toBeUndefined()
    expect(inhibition.inhibitedBy({ kind: 'error' })).toBe('both')
    inhibition.observe('source', { kind: 'slow' }, 'firing')
    expect(inhibition.inhibitedBy({ kind: 'down' })).toBe('source')
  })

  it('mutes every alert but the sources where the target matches everything', () => {
    const { inhibition } = inhibitionBy(rule(['alertname="Down"'], [], []))
    inhibition.observe('d', { alertname: 'Down' }, 'firing')
    expect(inhibition.inhibitedBy({ alertname: 'Other' })).toBe('d')
    expect(inhibition.inhibitedBy({ alertname: 'Down' })).toBeUndefined()
  })

  it('says when a source has changed, and only then', () => {
    const { inhibition } = inhibitionBy(bySeverity)
    let changes = 0
    inhibition.onChange(() => changes++)
    inhibition.observe('x', { severity: 'info' }, 'firing')
    expect(changes).toBe(0)
    inhibition.observe('c1', critical, 'firing')
    inhibition.observe('c1', critical, 'firing')
    inhibition.observe('c1', critical, 'resolved')
    expect(changes).toBe(2)
  })

  it('goes on by new rules with what fires already', () => {
    const { inhibition, rules } = inhibitionBy()
    inhibition.observe('c1', critical, 'firing')
    const target = { severity: 'warning', cluster: 'a', service: 'shop' }
    expect(inhibition.inhibitedBy(target)).toBeUndefined()
    rules.now = [bySeverity]
    inhibition.adoptPolicy()
    expect(inhibition.inhibitedBy(target)).toBe('c1')
  })
})
