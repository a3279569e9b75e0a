import { type HostMetricName, type HostSample, sample } from '../host-metric.ts'

const COLUMNS: readonly (readonly [HostMetricName, column: number])[] = [
  ['node_network_receive_bytes_total', 0],
  ['node_network_receive_packets_total', 1],
  ['node_network_receive_errs_total', 2],
  ['node_network_receive_drop_total', 3],
  ['node_network_transmit_bytes_total', 8],
  ['node_network_transmit_packets_total', 9],
  ['node_network_transmit_errs_total', 10],
  ['node_network_transmit_drop_total', 11],
]

/** Network traffic from the text of `/proc/net/dev`. */
export function parseNetDev(text: string, leftOut: RegExp | undefined): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [, device = '', rest = ''] = /^\s*(\S+):\s*(.*)$/.exec(line) ?? []
    if (device === '' || leftOut?.test(device)) return []
    const columns = rest.split(/\s+/)
    return COLUMNS.map(([name, column]) => sample(name, Number(columns[column]), { device }))
  })
}
