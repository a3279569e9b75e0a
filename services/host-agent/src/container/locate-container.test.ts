import { expect, test } from 'vitest'
import { locateContainer } from './locate-container.ts'

const mount = (root: string, mountpoint: string, type: string, options: string) =>
  `31 24 0:26 ${root} ${mountpoint} rw,nosuid - ${type} ${type} ${options}`

const unified = mount('/', '/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate')
const split = (root: string) =>
  ['memory', 'cpu,cpuacct', 'pids']
    .map((controllers) => mount(root, `/sys/fs/cgroup/${controllers}`, 'cgroup', `rw,${controllers}`))
    .join('\n')

const locate = (cgroups: string, mountinfo: string, files: readonly string[] = []) =>
  locateContainer(cgroups, mountinfo, async (path) => files.includes(path))

test('a machine of its own is none, nor is a service on it', async () => {
  expect(await locate('0::/init.scope', unified)).toBeUndefined()
  expect(await locate('0::/system.slice/tocsin.service', unified)).toBeUndefined()
  expect(await locate('3:memory:/user.slice\n2:cpu,cpuacct:/\n1:pids:/', split('/'))).toBeUndefined()
  expect(await locate('', '')).toBeUndefined()
})

test('version 2 with a namespace of its own: what is seen at the top is itself a group', async () => {
  const here = { version: 2, folder: '/sys/fs/cgroup' }
  expect(await locate('0::/', unified, ['/sys/fs/cgroup/cgroup.type'])).toEqual(here)
  expect(await locate('0::/init.scope', unified, ['/sys/fs/cgroup/cgroup.type'])).toEqual(here)
})

test.each([
  '/docker/3f4a5c1e',
  '/system.slice/docker-3f4a5c1e.scope',
  '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-3f4a.scope',
  '/machine.slice/libpod-3f4a.scope',
])('version 2 in the namespace of the machine: %s', async (path) => {
  expect(await locate(`0::${path}`, unified)).toEqual({ version: 2, folder: `/sys/fs/cgroup${path}` })
})

const folders = (under = '') => ({
  version: 1,
  folders: {
    cpu: `/sys/fs/cgroup/cpu,cpuacct${under}`,
    cpuacct: `/sys/fs/cgroup/cpu,cpuacct${under}`,
    memory: `/sys/fs/cgroup/memory${under}`,
    pids: `/sys/fs/cgroup/pids${under}`,
  },
})
const cgroups = (path: string) => `3:memory:${path}\n2:cpu,cpuacct:${path}\n1:pids:${path}\n0::/`

test('version 1, mounted from within, with a namespace, and in the namespace of the machine', async () => {
  expect(await locate(cgroups('/docker/3f4a'), split('/docker/3f4a'))).toEqual(folders())
  expect(await locate(cgroups('/'), split('/'), ['/sys/fs/cgroup/pids/pids.max'])).toEqual(folders())
  expect(await locate(cgroups('/docker/3f4a'), split('/'))).toEqual(folders('/docker/3f4a'))
})
