import { isUtf8 } from 'node:buffer'
import { DELIMITED, type WireReader } from './wire-reader.ts'

/** Names and values of labels, in the order of the message; undefined where they are no UTF-8. */
export interface LabelTexts {
  readonly names: readonly (string | undefined)[]
  readonly values: readonly (string | undefined)[]
}

const NAME = (1 << 3) | DELIMITED
const VALUE = (2 << 3) | DELIMITED

/** Some bytes as text; undefined when they are no UTF-8. */
export function decodeText(bytes: Buffer, from: number, to: number): string | undefined {
  const text = bytes.toString('utf8', from, to)
  // What stands for a broken character may also stand there by itself.
  return text.includes('\uFFFD') && !isUtf8(bytes.subarray(from, to)) ? undefined : text
}

/** Reads the fields with this tag in a row, each a `prometheus.Label`, from where the reader is. */
export function readLabels(reader: WireReader, tag: number, end: number): LabelTexts {
  const names: (string | undefined)[] = []
  const values: (string | undefined)[] = []
  while (reader.at < end) {
    const found = reader.tag(end)
    if (found !== tag) {
      reader.skip(found, end)
      continue
    }
    const labelEnd = reader.delimited(end)
    let name: string | undefined = ''
    let value: string | undefined = ''
    while (reader.at < labelEnd) {
      const field = reader.tag(labelEnd)
      if (field === NAME) name = readText(reader, labelEnd)
      else if (field === VALUE) value = readText(reader, labelEnd)
      else reader.skip(field, labelEnd)
    }
    names.push(name)
    values.push(value)
  }
  return { names, values }
}

/** The text of a field; undefined when it is no UTF-8. */
export function readText(reader: WireReader, end: number): string | undefined {
  const to = reader.delimited(end)
  const text = decodeText(reader.bytes, reader.at, to)
  reader.at = to
  return text
}
