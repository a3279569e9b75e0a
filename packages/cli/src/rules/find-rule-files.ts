import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, messageOf } from '../errors.ts'

/** A file as it was named, with its text. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

/**
 * The files that are named, and of each folder its `*.yml` and `*.yaml`, as the alert evaluator reads it.
 * @throws {CliError} `bad-usage` for what cannot be read, or a folder without any
 */
export function findRuleFiles(paths: readonly string[]): readonly SourceFile[] {
  return paths.flatMap(listFiles).map((name) => ({ name, text: readSource(name) }))
}

function listFiles(path: string): readonly string[] {
  if (!isFolder(path)) return [path]
  const found = readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
  if (found.length === 0) throw new CliError('bad-usage', `${path} holds no *.yml or *.yaml`)
  return found.map((name) => join(path, name))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** @throws {CliError} `bad-usage` */
export function readSource(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    throw new CliError('bad-usage', `${name} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
