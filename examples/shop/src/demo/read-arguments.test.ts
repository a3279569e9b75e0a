import { describe, expect, it } from 'vitest'
import { readArguments } from './read-arguments.ts'

describe('the arguments of the demo', () => {
  it.each([
    [[], { rate: 20, breakForMs: undefined, how: 'drop' }],
    [['--rate', '50.5'], { rate: 50.5, breakForMs: undefined, how: 'drop' }],
    [['--break'], { rate: 20, breakForMs: 30_000, how: 'drop' }],
    [['--break', '--for', '12', '--how', 'lock'], { rate: 20, breakForMs: 12_000, how: 'lock' }],
    [['--help'], 'help'],
  ])('%j are read', (args, expected) => {
    expect(readArguments(args)).toEqual(expected)
  })

  it.each([
    [['--rate', 'many'], '--rate is a number above 0'],
    [['--rate', '0'], '--rate is a number above 0'],
    [['--how', 'gently'], '--how is one of drop, lock'],
    [['--brake'], "Unknown option '--brake'"],
  ])('%j are refused with the reason', (args, reason) => {
    expect(() => readArguments(args)).toThrow(reason)
  })
})
