import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'

/** Has the notifier itself read a configuration, with the files that it names; the answer is its exit code. */
export async function checkConfig(
  file: string,
  { services, all }: Pick<CliEnv, 'services' | 'all'>,
): Promise<number> {
  const notifier = services.find(({ name }) => name === 'notifier')
  if (!notifier)
    throw new CliError('bad-usage', 'the notifier is not here: TOCSIN_SERVICES names another folder')
  const child = spawn(process.execPath, [notifier.main, '--check', file], { stdio: 'inherit', env: all })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
