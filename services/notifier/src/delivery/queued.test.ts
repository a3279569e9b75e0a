import { describe, expect, it } from 'vitest'
import { createQueued } from './queued.ts'

const event = (id: string, groupKey = 'a') => ({ id, groupKey })

describe('what stands in a queue', () => {
  it('is passed by what is of other groups', () => {
    const queued = createQueued(true)
    queued.begin(event('1'))
    expect([queued.mayPass('a'), queued.mayPass('b')]).toEqual([false, true])
    queued.begin(event('1'), 0)
    queued.end(event('1'))
    expect(queued.mayPass('a')).toBe(true)
  })

  it('keeps a group from passing until the last of it has come', () => {
    const queued = createQueued(true)
    for (const id of ['1', '2']) queued.begin(event(id))
    queued.end(event('1'))
    expect(queued.mayPass('a')).toBe(false)
    queued.end(event('2'))
    expect(queued.mayPass('a')).toBe(true)
  })

  it('is passed by nothing where a predecessor left something, until it is empty', () => {
    const queued = createQueued(false)
    expect(queued.mayPass('a')).toBe(false)
    queued.begin(event('1', 'x'), 1)
    queued.end(event('1', 'x'))
    expect(queued.mayPass('a')).toBe(false)
    queued.begin(event('2', 'y'), 0)
    expect(queued.mayPass('a')).toBe(false)
    queued.end(event('2', 'y'))
    expect(queued.mayPass('a')).toBe(true)
  })

  it('is passed by nothing once it was closed, until it is empty', () => {
    const queued = createQueued(true)
    queued.begin(event('1', 'x'))
    queued.close()
    expect(queued.mayPass('a')).toBe(false)
    queued.begin(event('1', 'x'), 0)
    queued.end(event('1', 'x'))
    expect(queued.mayPass('a')).toBe(true)
  })
})
