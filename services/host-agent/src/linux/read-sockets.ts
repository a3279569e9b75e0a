import { type HostSample, isHostMetric, sample } from '../host-metric.ts'

/** Counters of TCP and UDP from `/proc/net/snmp` and `/proc/net/netstat`: a line of names, then one of values. */
export function parseNetstat(text: string): readonly HostSample[] {
  const lines = text.split('\n')
  return lines.flatMap((line, i) => {
    const [protocol = '', ...values] = line.split(' ')
    const [before, ...fields] = (lines[i - 1] ?? '').split(' ')
    // A pair of lines; that the values are numbers tells the second of one from the first of the next.
    if (before !== protocol || !/^-?\d+$/.test(values[0] ?? '')) return []
    return fields.flatMap((field, column) => {
      const name = `node_netstat_${protocol.replace(':', '')}_${field}`
      const value = values[column]
      return isHostMetric(name) && value !== undefined ? [sample(name, Number(value))] : []
    })
  })
}

/** Sockets in use from `/proc/net/sockstat` and `sockstat6`; `pageBytes` undefined leaves out what is in pages. */
export function parseSockstat(text: string, pageBytes: number | undefined): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [protocol = '', ...pairs] = line.trim().split(/\s+/)
    return pairs.flatMap((field, i) => {
      const value = Number(pairs[i + 1])
      if (i % 2 === 1 || Number.isNaN(value)) return []
      const prefix = `node_sockstat_${protocol.replace(':', '')}_${field}`
      const bytes = `${prefix}_bytes`
      if (field === 'mem' && isHostMetric(bytes))
        return pageBytes === undefined ? [] : [sample(bytes, value * pageBytes)]
      return isHostMetric(prefix) ? [sample(prefix, value)] : []
    })
  })
}

const AT_PAGESZ = 6n

/** The size of a memory page, from the bytes of `/proc/self/auxv` of a 64-bit process: pairs of a key and its value. */
export function pageSize(auxv: Uint8Array): number | undefined {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength)
  for (let at = 0; at + 16 <= view.byteLength; at += 16)
    if (view.getBigUint64(at, true) === AT_PAGESZ) return Number(view.getBigUint64(at + 8, true))
  return undefined
}
