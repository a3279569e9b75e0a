import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const build = fileURLToPath(new URL('../scripts/build.ts', import.meta.url))

/** Runs a program of Node to its end, and gives what it said. Rejects with that when it fails. */
export async function runNode(
  file: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  try {
    return await run(process.execPath, [file, ...args], {
      cwd,
      env: { ...process.env, ...env },
      timeout: 100_000,
    })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${file} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

/** Builds the package as it is published, into a folder. */
export async function buildPackage(folder: string): Promise<void> {
  await runNode(build, [folder], { cwd: REPOSITORY })
}

/** Checks the types of a project as its own compiler would. */
export async function checkTypes(project: string): Promise<void> {
  await runNode(join(REPOSITORY, 'node_modules/typescript/bin/tsc'), ['--project', project], { cwd: project })
}

/** Makes a folder and writes files into it; returns what removes it. */
export async function makeProject(
  parent: string,
  files: Readonly<Record<string, string | object>>,
): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'project-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Puts the package, as it is published, where a project finds it. */
export async function putPackage(project: string): Promise<void> {
  await buildPackage(join(project, 'node_modules/@tocsin/sdk'))
}
