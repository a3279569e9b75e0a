import { describe, expect, test } from 'vitest'
import { type InstallStep, type Machine, planInstall } from './plan-install.ts'
import { runSteps } from './provide-servers.ts'

const debian: Machine = {
  platform: 'linux',
  isRoot: true,
  sudoWorks: false,
  aptGet: '/usr/bin/apt-get',
  hasAptLists: true,
}

const words = ({ command, args }: InstallStep) =>
  [command, ...args.filter((arg) => !arg.includes('\n'))].join(' ').replace('-c tocsin-install', '…')

describe('the plan to install servers', () => {
  test('uses apt-get directly as root, by Debian’s names', () => {
    const { steps } = planInstall(debian, ['nats', 'alertmanager'])
    expect(steps.map(words)).toEqual(['/bin/sh … nats-server prometheus-alertmanager'])
  })

  test('refreshes the lists first where there are none', () => {
    const { steps } = planInstall({ ...debian, hasAptLists: false }, ['redis'])
    expect(steps.map(words)).toEqual(['apt-get update -q', '/bin/sh … redis-server'])
  })

  test('refreshes stale lists when an install fails', () => {
    const [install] = planInstall(debian, ['redis']).steps
    expect(install?.remedy?.map(words)).toEqual(['apt-get update -q'])
  })

  test('goes through sudo when it asks for no password', () => {
    const { steps } = planInstall({ ...debian, isRoot: false, sudoWorks: true, hasAptLists: false }, ['nats'])
    expect(steps.map(words)).toEqual(['sudo -n apt-get update -q', 'sudo -n /bin/sh … nats-server'])
  })

  test('does nothing as a user without sudo, and says why', () => {
    const plan = planInstall({ ...debian, isRoot: false }, ['nats'])
    expect(plan).toEqual({ steps: [], reason: 'installing needs root, and sudo would ask for a password' })
  })

  test('uses brew where there is no apt-get', () => {
    const machine: Machine = {
      ...debian,
      platform: 'darwin',
      aptGet: undefined,
      brew: '/opt/homebrew/bin/brew',
    }
    expect(planInstall(machine, ['nats', 'redis']).steps.map(words)).toEqual([
      '/opt/homebrew/bin/brew install --quiet nats-server redis',
    ])
  })

  test('names what is missing where there is no package manager', () => {
    const plan = planInstall({ ...debian, aptGet: undefined }, ['nats'])
    expect(plan).toMatchObject({ reason: 'neither apt-get nor brew is here' })
  })
})

describe('the steps of a plan', () => {
  const step = (what: string, remedy?: InstallStep[]): InstallStep => ({
    what,
    command: '',
    args: [],
    remedy,
  })

  test('are tried once more after their remedy', async () => {
    const ran: string[] = []
    await runSteps([step('install', [step('update')])], async ({ what }) => {
      ran.push(what)
      if (ran.length === 1) throw new Error('no such package')
    })
    expect(ran).toEqual(['install', 'update', 'install'])
  })

  test('end with the first failure that has no remedy', async () => {
    const ran: string[] = []
    const runner = async ({ what }: InstallStep) => {
      ran.push(what)
      throw new Error(`${what} failed`)
    }
    await expect(runSteps([step('update'), step('install')], runner)).rejects.toThrow('update failed')
    expect(ran).toEqual(['update'])
  })
})
