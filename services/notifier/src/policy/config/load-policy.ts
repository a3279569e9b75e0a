import { access, constants, glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '@tocsin/runtime'
import type { ChannelKindDefinition } from '../../channels/channel-kind.ts'
import { checkTemplates } from '../../templates/check-templates.ts'
import { loadTemplates } from '../../templates/load-templates.ts'
import type { LoadedPolicy } from '../policy-source.ts'
import { parsePolicy } from './parse-policy.ts'
import { PolicyError } from './policy-error.ts'

/** Reads the policy of a file, and looks for the files that it names. @throws {PolicyError} with every fault */
export async function loadPolicy(
  file: string,
  kinds: readonly ChannelKindDefinition[],
): Promise<LoadedPolicy> {
  const source = await readPolicyFile(file)
  const { policy, value, templates, secretFiles, faults } = parsePolicy(file, source, kinds)
  for (const { path: place, file: secret } of secretFiles) {
    const trouble = await troubleWith(secret)
    if (trouble) faults.add(place, `${secret} cannot be read: ${trouble}`)
  }
  const templateFiles = await findTemplates(templates, path.dirname(file), faults.add)
  const loaded = await loadTemplates(templateFiles)
  checkTemplates(value, loaded.templates, faults.add)
  faults.throwIfAny()
  return { policy: { ...policy, templateFiles }, source: [source, ...loaded.texts].join('\0') }
}

/** @throws {PolicyError} when it cannot be read */
async function readPolicyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new PolicyError(file, [{ line: 1, column: 1, reason: `cannot be read: ${messageOf(error)}` }])
  }
}

async function troubleWith(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.R_OK)
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
  }
}

/** A pattern may find nothing; a file that is named must be there. */
async function findTemplates(
  patterns: readonly string[],
  folder: string,
  addFault: (path: readonly PropertyKey[], reason: string) => void,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const [i, pattern] of patterns.entries()) {
    const files: string[] = []
    for await (const file of glob(path.resolve(folder, pattern))) files.push(file)
    if (files.length === 0 && !/[*?[\]{}]/.test(pattern))
      addFault(['templates', i], `there is no file ${path.resolve(folder, pattern)}`)
    found.push(...files.sort())
  }
  return [...new Set(found)]
}
