import { expect, test } from 'vitest'
import { chooseFilesystems, darwinFilter, linuxFilter } from './choose-filesystems.ts'

const mount = (device: string, mountpoint: string, fstype: string) => ({
  device,
  mountpoint,
  fstype,
  readonly: false,
})

test.each([
  ['squashfs', '/snap/core/1', 'fstype'],
  ['overlay', '/mnt/merged', 'fstype'],
  ['cgroup2', '/mnt/cgroup', 'fstype'],
  ['tmpfs', '/dev/shm', 'mountpoint'],
  ['tmpfs', '/run/credentials/systemd-sysusers.service', 'mountpoint'],
  ['ext4', '/var/lib/docker/volumes/x', 'mountpoint'],
])('%s on %s is left out by its %s', (fstype, mountpoint, reason) => {
  const { mounts, skipped } = chooseFilesystems([mount('/dev/x', mountpoint, fstype)], linuxFilter)
  expect(mounts).toEqual([])
  expect(skipped.map((s) => s.reason)).toEqual([reason])
})

test('what lies in memory or on another machine counts, each mount of memory by itself', () => {
  const all = [
    mount('tmpfs', '/run', 'tmpfs'),
    mount('tmpfs', '/tmp', 'tmpfs'),
    mount('fileserver:/home', '/home', 'nfs4'),
  ]
  expect(chooseFilesystems(all, linuxFilter).mounts).toEqual(all)
})

test("a container's root counts although it is an overlay", () => {
  expect(chooseFilesystems([mount('overlay', '/', 'overlay')], linuxFilter).mounts).toHaveLength(1)
})

test('of several mounts of one device the shortest counts, wherever it stands', () => {
  const { mounts, skipped } = chooseFilesystems(
    [
      mount('/dev/vda', '/etc/hosts', 'ext4'),
      mount('/dev/vda', '/', 'ext4'),
      mount('/dev/vda', '/etc/resolv.conf', 'ext4'),
      mount('/dev/vdb', '/data', 'ext4'),
    ],
    linuxFilter,
  )
  expect(mounts.map((m) => m.mountpoint)).toEqual(['/', '/data'])
  expect(skipped.map((s) => [s.mountpoint, s.reason])).toEqual([
    ['/etc/hosts', 'duplicate'],
    ['/etc/resolv.conf', 'duplicate'],
  ])
})

test("a Mac's data volume counts beside its sealed system", () => {
  const { mounts } = chooseFilesystems(
    [
      mount('/dev/disk3s1s1', '/', 'apfs'),
      mount('/dev/disk3s5', '/System/Volumes/Data', 'apfs'),
      mount('/dev/disk3s6', '/System/Volumes/VM', 'apfs'),
      mount('devfs', '/dev', 'devfs'),
    ],
    darwinFilter,
  )
  expect(mounts.map((m) => m.mountpoint)).toEqual(['/', '/System/Volumes/Data'])
})
