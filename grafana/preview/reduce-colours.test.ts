import { PNG } from 'pngjs'
import { expect, it } from 'vitest'
import { reduceColours } from './reduce-colours.ts'

it('keeps every colour of a picture that has few', () => {
  const picture = new PNG({ width: 64, height: 48 })
  const colours = [
    [17, 18, 23],
    [242, 73, 92],
    [115, 191, 105],
  ]
  for (let at = 0; at < picture.data.length; at += 4)
    picture.data.set([...(colours[(at / 4) % 3] ?? []), 255], at)
  const reduced = PNG.sync.read(reduceColours(PNG.sync.write(picture)))
  expect({ width: reduced.width, height: reduced.height }).toEqual({ width: 64, height: 48 })
  expect(reduced.data.equals(picture.data)).toBe(true)
})
