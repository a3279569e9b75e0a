import { readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import si from 'systeminformation'
import type { HostReader } from './host-metric.ts'
import { createLinuxReaders } from './linux/linux-readers.ts'
import { createPortableReaders } from './portable/portable-readers.ts'
import { createSystemReaders } from './read-system.ts'

/** The readers of the system that runs here. */
export function chooseReaders(now: () => number): readonly HostReader[] {
  const linux = process.platform === 'linux'
  const readers = linux
    ? createLinuxReaders({ readText: (path) => readFile(path, 'utf8'), statfs })
    : createPortableReaders(si, os)
  return [...readers, ...createSystemReaders(os, linux ? undefined : now)]
}
