import { expect, test } from 'vitest'
import { chooseFilesystems } from './choose-filesystems.ts'

const mount = (device: string, mountpoint: string, fstype: string) => ({
  device,
  mountpoint,
  fstype,
  readonly: false,
})

test.each([
  ['tmpfs', '/run', 'memory'],
  ['squashfs', '/snap/core/1', 'image'],
  ['overlay', '/var/lib/docker/overlay2/a/merged', 'layered'],
  ['nfs4', '/home', 'network'],
  ['cgroup2', '/sys/fs/cgroup', 'pseudo'],
  ['apfs', '/System/Volumes/VM', 'system'],
  ['ext4', '/run/credentials/x', 'system'],
])('%s on %s is left out: %s', (fstype, mountpoint, reason) => {
  const { mounts, skipped } = chooseFilesystems([mount('/dev/x', mountpoint, fstype)])
  expect(mounts).toEqual([])
  expect(skipped.map((s) => s.reason)).toEqual([reason])
})

test("a container's root counts although it is layered", () => {
  expect(chooseFilesystems([mount('overlay', '/', 'overlay')]).mounts).toHaveLength(1)
})

test('of several mounts of one device the shortest counts, wherever it stands', () => {
  const { mounts, skipped } = chooseFilesystems([
    mount('/dev/vda', '/etc/hosts', 'ext4'),
    mount('/dev/vda', '/', 'ext4'),
    mount('/dev/vda', '/etc/resolv.conf', 'ext4'),
    mount('/dev/vdb', '/data', 'ext4'),
  ])
  expect(mounts.map((m) => m.mountpoint)).toEqual(['/', '/data'])
  expect(skipped.map((s) => [s.mountpoint, s.reason])).toEqual([
    ['/etc/hosts', 'duplicate'],
    ['/etc/resolv.conf', 'duplicate'],
  ])
})

test("a Mac's data volume counts beside its sealed system", () => {
  const { mounts } = chooseFilesystems([
    mount('/dev/disk3s1s1', '/', 'apfs'),
    mount('/dev/disk3s5', '/System/Volumes/Data', 'apfs'),
    mount('/dev/disk3s6', '/System/Volumes/VM', 'apfs'),
  ])
  expect(mounts.map((m) => m.mountpoint)).toEqual(['/', '/System/Volumes/Data'])
})
