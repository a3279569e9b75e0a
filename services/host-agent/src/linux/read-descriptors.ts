import { type HostSample, sample } from '../host-metric.ts'

/** File descriptors from the text of `/proc/sys/fs/file-nr`: allocated, unused of these, maximum. */
export function parseFileNr(text: string): readonly HostSample[] {
  const [allocated, , maximum] = text.trim().split(/\s+/)
  if (maximum === undefined) return []
  return [sample('node_filefd_allocated', Number(allocated)), sample('node_filefd_maximum', Number(maximum))]
}
