import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

const COLOURS = 256
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const PALETTE = 3

/** A picture with at most 256 colours, those that cover most of it: a third of the size, and hardly to be told apart. */
export function reduceColours(picture: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(picture)
  const cells = countCells(data)
  const chosen = [...cells.entries()].sort(([, a], [, b]) => b.count - a.count).slice(0, COLOURS)
  const palette = chosen.map(([, { count, sum }]) => sum.map((part) => Math.round(part / count)) as Colour)
  const indexOf = new Map<number, number>()
  for (const [cell, { count, sum }] of cells)
    indexOf.set(cell, nearest(palette, sum.map((part) => part / count) as Colour))
  // Each line begins with its filter, which is none: lines of a palette have nothing to predict.
  const lines = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      lines[y * (width + 1) + x + 1] = indexOf.get(cellAt(data, (y * width + x) * 4)) ?? 0
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, PALETTE], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

type Colour = [red: number, green: number, blue: number]

interface Cell {
  count: number
  readonly sum: Colour
}

/** Five bits of each part: what is closer than that is one colour. */
const cellAt = (data: Buffer, at: number): number =>
  (((data[at] ?? 0) >> 3) << 10) | (((data[at + 1] ?? 0) >> 3) << 5) | ((data[at + 2] ?? 0) >> 3)

function countCells(data: Buffer): Map<number, Cell> {
  const cells = new Map<number, Cell>()
  for (let at = 0; at < data.length; at += 4) {
    const key = cellAt(data, at)
    const cell = cells.get(key) ?? { count: 0, sum: [0, 0, 0] }
    cells.set(key, cell)
    cell.count++
    for (const part of [0, 1, 2] as const) cell.sum[part] += data[at + part] ?? 0
  }
  return cells
}

function nearest(palette: readonly Colour[], [red, green, blue]: Colour): number {
  const distances = palette.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2)
  return distances.indexOf(Math.min(...distances))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
