import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ServiceContext } from '../service/service-context.ts'

/**
 * Names the place that a service runs at rather than its process, for the owner of a lease: as only one process at a time can listen on an
 * address of a network namespace, whoever has it now may take up its dead predecessor's lease at once.
 * Where the namespace cannot be told, the name is the process's own.
 */
export function replicaName({
  name,
  url,
  instance,
}: Pick<ServiceContext, 'name' | 'url' | 'instance'>): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const namespace = readlinkSync('/proc/self/ns/net')
    return `${name}@${hostname()}/${boot}/${namespace}/${url}`
  } catch {
    return instance
  }
}
