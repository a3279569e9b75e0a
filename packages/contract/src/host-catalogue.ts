import type { MetricDefinition } from './metric-definition.ts'

/**
 * System resources, as the host agent publishes them: names, labels and meaning are node_exporter's, so that
 * rules and dashboards written for it hold. Where its names break Prometheus' naming rules, so do these.
 */
export const hostMetrics = {
  nodeCpuSecondsTotal: {
    name: 'node_cpu_seconds_total',
    type: 'counter',
    unit: 'seconds',
    labels: ['cpu', 'mode'],
    help: 'Seconds the CPUs spent in each mode.',
  },
  nodeLoad1: { name: 'node_load1', type: 'gauge', labels: [], help: '1m load average.' },
  nodeLoad5: { name: 'node_load5', type: 'gauge', labels: [], help: '5m load average.' },
  nodeLoad15: { name: 'node_load15', type: 'gauge', labels: [], help: '15m load average.' },
  nodeMemoryMemTotalBytes: {
    name: 'node_memory_MemTotal_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Memory of the machine.',
  },
  nodeMemoryMemAvailableBytes: {
    name: 'node_memory_MemAvailable_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Memory that programs can still get without swapping.',
  },
  nodeFilesystemSizeBytes: {
    name: 'node_filesystem_size_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Size of a filesystem.',
  },
  nodeFilesystemAvailBytes: {
    name: 'node_filesystem_avail_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['device', 'fstype', 'mountpoint'],
    help: 'Space of a filesystem that users without privileges can still fill.',
  },
  nodeDiskReadBytesTotal: {
    name: 'node_disk_read_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['device'],
    help: 'Bytes read from a disk.',
  },
  nodeDiskWrittenBytesTotal: {
    name: 'node_disk_written_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['device'],
    help: 'Bytes written to a disk.',
  },
  nodeNetworkReceiveBytesTotal: {
    name: 'node_network_receive_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['device'],
    help: 'Bytes received by a network device.',
  },
  nodeNetworkTransmitBytesTotal: {
    name: 'node_network_transmit_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['device'],
    help: 'Bytes sent by a network device.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
