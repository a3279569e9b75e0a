import { isPortFree } from '@tocsin/servers'
import type { ServicePlan } from '../env.ts'
import { CliError } from '../errors.ts'

/** Throws CliError `ports-taken` that names every port which cannot be had, and the variable that changes it. */
export async function checkPorts(services: readonly ServicePlan[], host: string): Promise<void> {
  const wanted = services.flatMap(({ name, ports }) => ports.map((entry) => ({ name, ...entry })))
  const owners = new Map<number, string>()
  const faults: string[] = []
  for (const { name, variable, port } of wanted) {
    const owner = owners.get(port)
    if (owner) faults.push(`port ${port} is given to both ${owner} and ${name}: set ${variable} to another`)
    else if (!(await isPortFree(port, host))) {
      faults.push(
        `port ${port} (${name}) is taken by another program: stop that, or set ${variable} to another port`,
      )
    }
    owners.set(port, owner ?? name)
  }
  if (faults.length > 0) throw new CliError('ports-taken', faults.join('\ntocsin: '))
}
