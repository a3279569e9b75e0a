import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Clock, messageOf, systemClock } from '@tocsin/runtime'
import {
  createNotificationTemplates,
  type NotificationTemplates,
  type TemplateSource,
} from '@tocsin/templates'
import { PolicyError } from '../policy/config/policy-error.ts'

/** Ours come first, so that a file of the configuration can replace any of them. */
const OWN = ['default.tmpl', 'email.tmpl'].map((name) => path.join(import.meta.dirname, name))

export interface LoadedTemplates {
  readonly templates: NotificationTemplates
  /** What the files of the policy say. */
  readonly texts: readonly string[]
}

const MOST_BYTES = 1024 * 1024

/**
 * Reads the template files of a policy, after those that come with Tocsin.
 * @throws {PolicyError} for a file that cannot be read, or is no template; it names file, line and column
 */
export async function loadTemplates(
  files: readonly string[],
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<LoadedTemplates> {
  const sources = await Promise.all([...OWN, ...files].map(readSource))
  const read: TemplateSource[] = []
  for (const [i, source] of sources.entries()) {
    read.push(source)
    const file = files[i - OWN.length]
    if (file !== undefined) checkSource(file, source)
  }
  return {
    templates: createNotificationTemplates(read, () => clock.now()),
    texts: read.slice(OWN.length).map(({ text }) => text),
  }
}

async function readSource(file: string): Promise<TemplateSource> {
  try {
    const { size } = await stat(file)
    if (size > MOST_BYTES)
      throw new RangeError(`has ${size} bytes, more than ${MOST_BYTES}: is it a template?`)
    return { name: path.basename(file), text: await readFile(file, 'utf8') }
  } catch (error) {
    throw new PolicyError(file, [{ line: 1, column: 1, reason: `cannot be read: ${messageOf(error)}` }])
  }
}

/** Each file by itself, so that the fault names the file and not only what it is called. */
function checkSource(file: string, source: TemplateSource): void {
  try {
    createNotificationTemplates([source], () => 0)
  } catch (error) {
    const { line, column, reason } = placeIn(messageOf(error), source.name)
    throw new PolicyError(file, [{ line, column, reason }])
  }
}

/** `template: name:line:column: reason`, whose column counts from 0. */
function placeIn(message: string, name: string) {
  const rest = message.replace(`template: ${name}:`, '')
  const [, line = '1', column = '0', reason = message] = /^(\d+):(\d+): (.*)$/s.exec(rest) ?? []
  return { line: Number(line), column: Number(column) + 1, reason }
}
