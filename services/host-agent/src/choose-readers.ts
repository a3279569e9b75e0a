import os from 'node:os'
import type { Clock } from '@tocsin/runtime'
import si from 'systeminformation'
import { darwinFilter, linuxFilter } from './choose-filesystems.ts'
import type { HostAgentEnv } from './env.ts'
import type { HostReader } from './host-metric.ts'
import { createLinuxReaders } from './linux/linux-readers.ts'
import { linuxSources } from './linux/linux-sources.ts'
import { DISKS_LEFT_OUT } from './linux/read-disks.ts'
import { createPortableReaders } from './portable/portable-readers.ts'
import { createSystemReaders } from './read-system.ts'

/** The readers of the system that runs here. */
export function chooseReaders(env: HostAgentEnv, clock: Clock): readonly HostReader[] {
  const linux = process.platform === 'linux'
  const byDefault = linux ? linuxFilter : darwinFilter
  const filter = {
    mountpoints: env.HOST_AGENT_MOUNTPOINTS_EXCLUDE ?? byDefault.mountpoints,
    fstypes: env.HOST_AGENT_FSTYPES_EXCLUDE ?? byDefault.fstypes,
    disks: env.HOST_AGENT_DISKS_EXCLUDE ?? DISKS_LEFT_OUT,
    networks: env.HOST_AGENT_NETWORKS_EXCLUDE,
  }
  const readers = linux
    ? createLinuxReaders(linuxSources(clock), filter)
    : createPortableReaders(si, os, filter)
  return [...readers, ...createSystemReaders(os, () => clock.now(), linux ? linuxSources(clock) : undefined)]
}
