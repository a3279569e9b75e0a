import { SERVER_PROGRAMS, type ServerName } from './programs.ts'

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** Whether `sudo -n` works: without asking for a password. */
  readonly sudoWorks: boolean
  readonly aptGet?: string
  readonly brew?: string
  /** Whether apt knows any package at all; a fresh container does not. */
  readonly hasAptLists: boolean
}

export interface InstallStep {
  readonly what: string
  readonly command: string
  readonly args: readonly string[]
  /** Steps to take first, when this one fails, before it is tried once more. */
  readonly remedy?: readonly InstallStep[]
}

export interface InstallPlan {
  readonly steps: readonly InstallStep[]
}

export interface NoPlan {
  readonly steps: readonly []
  /** Why nothing can be installed without the user's help. */
  readonly reason: string
}

// A Debian package starts its server at once and at every boot, on the very ports that Tocsin needs. While the
// shell of this script lives, policy-rc.d forbids the start; afterwards the units are disabled.
const APT_INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nkill -0 %s 2>/dev/null && exit 101\\nexit 0\\n' "$$" >"$policy"
  chmod 755 "$policy"
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" || exit
if [ -d /run/systemd/system ]; then
  for package in "$@"; do systemctl disable --quiet "$package" 2>/dev/null; done
fi
exit 0
`

function planApt(machine: Machine, names: readonly ServerName[]): InstallPlan {
  const packages = names.map((name) => SERVER_PROGRAMS[name].apt)
  const asRoot = (what: string, command: string, args: readonly string[]): InstallStep =>
    machine.isRoot ? { what, command, args } : { what, command: 'sudo', args: ['-n', command, ...args] }
  const update = asRoot('refreshing the package lists', 'apt-get', ['update', '-q'])
  const install = asRoot(`installing ${packages.join(', ')}`, '/bin/sh', [
    '-c',
    APT_INSTALL,
    'tocsin-install',
    ...packages,
  ])
  return { steps: machine.hasAptLists ? [{ ...install, remedy: [update] }] : [update, install] }
}

/** How to install these servers on this machine with its own package manager; or why that cannot be done. */
export function planInstall(machine: Machine, names: readonly ServerName[]): InstallPlan | NoPlan {
  if (machine.aptGet) {
    if (machine.isRoot || machine.sudoWorks) return planApt(machine, names)
    return { steps: [], reason: 'installing needs root, and sudo would ask for a password' }
  }
  if (machine.brew) {
    const formulas = names.map((name) => SERVER_PROGRAMS[name].brew)
    const what = `installing ${formulas.join(', ')}`
    return { steps: [{ what, command: machine.brew, args: ['install', '--quiet', ...formulas] }] }
  }
  return { steps: [], reason: 'neither apt-get nor brew is here' }
}
