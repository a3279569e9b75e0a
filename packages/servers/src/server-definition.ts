import type { ServerName } from './programs.ts'

/** Where one server runs. */
export interface Place {
  readonly port: number
  readonly dataDir: string
  readonly listen: string
}

/** What is particular to a server: how it is configured, and how one sees that it is ready. */
export interface ServerDefinition {
  readonly name: ServerName
  url(port: number): string
  /** Writes what the server reads, and returns its arguments. */
  prepare(place: Place): readonly string[]
  /** One attempt to see that the server is ready; throws while it is not. */
  probe(place: Place): Promise<void>
}
