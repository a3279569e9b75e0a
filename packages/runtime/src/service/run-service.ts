import { codeOf, isDeclared, messageOf } from '../coded-error.ts'
import type { baseEnv } from '../env/base-env.ts'
import { processEnv } from '../env/env.ts'
import { EnvError } from '../env/parse-env.ts'
import { ListenError } from '../http/listen.ts'
import { type RunningService, type ServiceDefinition, startService } from './start-service.ts'

/**
 * What a service's `main.ts` calls: starts it from the process's environment and stops it in order on SIGTERM, SIGINT
 * or an error nobody caught. A second signal ends the process at once. Exit code 0 after a signal, 1 after any fault.
 */
export async function runService<Shape extends typeof baseEnv>(
  definition: ServiceDefinition<Shape>,
): Promise<void> {
  let service: RunningService
  try {
    service = await startService(definition, processEnv())
  } catch (error) {
    const told = error instanceof EnvError || error instanceof ListenError
    process.stderr.write(
      `${definition.name}: ${told ? error.message : (error instanceof Error && error.stack) || messageOf(error)}\n`,
    )
    process.exit(1)
  }
  const { log } = service
  let ending = false
  const end = (reason: string, code: number) => {
    if (ending) return
    ending = true
    service.stop(reason).then(
      () => process.exit(code),
      () => process.exit(1),
    )
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (ending) {
      log.warn({ signal }, 'a second signal: ending at once')
      process.exit(1)
    }
    end(signal, 0)
  }
  const onFatal = (error: unknown) => {
    log.fatal({ err: error }, 'an error nobody caught')
    end('an error nobody caught', 1)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', onFatal)
  process.on('unhandledRejection', onFatal)
  service.started.catch((error: unknown) => {
    // A fault of the set-up says what to do; where in our code it was found helps nobody.
    const code = codeOf(error)
    log.fatal(
      code !== undefined && isDeclared(error) ? { code } : { err: error },
      `could not start: ${messageOf(error)}`,
    )
    process.exit(1)
  })
}
