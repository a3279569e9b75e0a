import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseRuleFile, type RuleError, type RuleGroup } from '@tocsin/rules'

/** The rule files of a folder, as they were last accepted. */
export interface RuleFiles {
  /** Reads the folder anew. Files that are refused keep the rules they had. */
  read(): Promise<RuleFilesReport>
}

export interface RuleFilesReport {
  readonly groups: readonly RuleGroup[]
  /** Refused files, with every fault. */
  readonly refused: readonly { readonly file: string; readonly reason: string; readonly hadRules: boolean }[]
  readonly changed: boolean
}

interface Accepted {
  source: string
  groups: readonly RuleGroup[] | undefined
  reason: string | undefined
}

/** @param folder its `*.yml` and `*.yaml` files are read, not those of folders in it */
export function openRuleFiles(folder: string): RuleFiles {
  let known = new Map<string, Accepted>()

  return {
    async read() {
      const names = (await readdir(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort()
      const next = new Map<string, Accepted>()
      let changed = names.length !== known.size
      for (const name of names) {
        const file = join(folder, name)
        const source = await readFile(file, 'utf8')
        const before = known.get(name)
        if (before?.source === source) next.set(name, before)
        else {
          changed = true
          next.set(name, { source, ...accept(file, source, before?.groups) })
        }
      }
      known = next
      return {
        groups: [...next.values()].flatMap(({ groups }) => groups ?? []),
        refused: [...next].flatMap(([name, { reason, groups }]) =>
          reason === undefined ? [] : [{ file: join(folder, name), reason, hadRules: groups !== undefined }],
        ),
        changed,
      }
    },
  }
}

function accept(file: string, source: string, before: Accepted['groups']): Omit<Accepted, 'source'> {
  try {
    return { groups: parseRuleFile(file, source), reason: undefined }
  } catch (error) {
    return { groups: before, reason: (error as RuleError).message }
  }
}
