import { findDocker } from './docker.ts'
import { ServerError } from './errors.ts'
import { findServer, programFolders } from './find-program.ts'
import { SERVER_PROGRAMS, type ServerName } from './programs.ts'

export interface ServerLocation {
  readonly kind: 'program' | 'docker'
  /** The server's program, or docker's. */
  readonly path: string
}

const installHint = (name: ServerName): string => {
  const { apt, brew, homepage } = SERVER_PROGRAMS[name]
  return `on Debian or Ubuntu \`sudo apt-get install ${apt}\`, on macOS \`brew install ${brew}\`, elsewhere see ${homepage}`
}

/** The error for a server that is nowhere: it says exactly what to install, and why it was not done for the user. */
export function missingServer(name: ServerName, cause?: unknown): ServerError {
  const why = cause instanceof Error ? `\n  It could not be installed for you: ${cause.message}` : ''
  const message = `${SERVER_PROGRAMS[name].programs[0]} is not installed: ${installHint(name)}${why}`
  return new ServerError('missing', message, { cause })
}

/** Where a server can be started from: its program, else Docker. Installs nothing; throws ServerError `missing`. */
export async function locateServer(name: ServerName, folders = programFolders()): Promise<ServerLocation> {
  const program = findServer(name, folders)
  if (program) return { kind: 'program', path: program }
  const docker = await findDocker()
  if (docker) return { kind: 'docker', path: docker }
  throw missingServer(name)
}
