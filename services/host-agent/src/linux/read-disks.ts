import { type HostMetricName, type HostSample, sample } from '../host-metric.ts'

/** Left out, as node_exporter does: RAM disks, loop devices, and partitions, whose disk is counted. */
export const DISKS_LEFT_OUT = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]+|nvme\d+n\d+p|mmcblk\d+p)\d+$/
/** `/proc/diskstats` counts sectors of this size, whatever the disk's own. Bytes. */
const SECTOR = 512

/** Which column (counted after the device's name) holds what, and by what it is multiplied. */
const COLUMNS: readonly (readonly [HostMetricName, column: number, factor: number])[] = [
  ['node_disk_reads_completed_total', 0, 1],
  ['node_disk_read_bytes_total', 2, SECTOR],
  ['node_disk_read_time_seconds_total', 3, 0.001],
  ['node_disk_writes_completed_total', 4, 1],
  ['node_disk_written_bytes_total', 6, SECTOR],
  ['node_disk_write_time_seconds_total', 7, 0.001],
  ['node_disk_io_now', 8, 1],
  ['node_disk_io_time_seconds_total', 9, 0.001],
  ['node_disk_io_time_weighted_seconds_total', 10, 0.001],
]

/** Disk activity from the text of `/proc/diskstats`. */
export function parseDiskstats(text: string, leftOut: RegExp): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, ...columns] = line.trim().split(/\s+/)
    if (device === undefined || leftOut.test(device)) return []
    return COLUMNS.map(([name, column, factor]) => sample(name, Number(columns[column]) * factor, { device }))
  })
}
