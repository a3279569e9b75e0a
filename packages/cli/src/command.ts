import type { Command } from 'commander'

/** A subcommand. Its `register` declares name, arguments and options on the program, and what to do. */
export interface CliCommand {
  /** `exitWith` sets the exit code for when the command has ended; it is 0 otherwise, and 1 after an error. */
  register(program: Command, exitWith: (code: number) => void): void
}
