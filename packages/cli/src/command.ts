import type { Command } from 'commander'

/** A subcommand. Its `register` declares name, arguments and options on the program, and what to do. */
export interface CliCommand {
  register(program: Command): void
}
