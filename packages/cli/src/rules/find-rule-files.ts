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
  return readAll(paths, { pattern: /\.ya?ml$/, called: '*.yml or *.yaml' })
}

/** The files that are named, and of each folder those that are named after tests: rules may lie beside them. @throws {CliError} */
export function findTestFiles(paths: readonly string[]): readonly SourceFile[] {
  return readAll(paths, { pattern: /tests?\.ya?ml$/, called: '*test.yml or *test.yaml' })
}

/** Which files of a folder are meant. */
interface Wanted {
  readonly pattern: RegExp
  readonly called: string
}

function readAll(paths: readonly string[], wanted: Wanted): readonly SourceFile[] {
  return paths.flatMap((path) => listFiles(path, wanted)).map((name) => ({ name, text: readSource(name) }))
}

function listFiles(path: string, { pattern, called }: Wanted): readonly string[] {
  if (!isFolder(path)) return [path]
  const found = readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort()
  if (found.length === 0) throw new CliError('bad-usage', `${path} holds no ${called}`)
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
