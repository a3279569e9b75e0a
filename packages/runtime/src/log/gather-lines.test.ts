import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { gatherLines } from './gather-lines.ts'

function start() {
  const written: string[] = []
  return { written, stream: gatherLines({ write: (text) => void written.push(text) }) }
}

it('writes what one turn says in one piece, in its order', async () => {
  const { written, stream } = start()
  for (const line of ['a\n', 'b\n', 'c\n']) stream.write(line)
  expect(written).toEqual([])
  await nextTurn()
  stream.write('d\n')
  await nextTurn()
  expect(written).toEqual(['a\nb\nc\n', 'd\n'])
})

it('does not wait with much, nor when it is told not to', () => {
  const { written, stream } = start()
  stream.write('x'.repeat(70_000))
  stream.write('y')
  stream.flushSync()
  stream.flushSync()
  expect(written.map((text) => text.length)).toEqual([70_000, 1])
})
