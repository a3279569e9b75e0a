import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type CaseResult, runScript } from '../src/promqltest/mod.ts'

/** Runs every `.test` script of the given folders or files and prints a line per file; exit 1 on a failure. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { verbose: { type: 'boolean', short: 'v', default: false } },
  })
  const files = positionals.flatMap(listScripts)
  if (files.length === 0) {
    console.error("no scripts found: name a folder or file of Prometheus' promqltest format (*.test)")
    process.exitCode = 2
    return
  }
  const all: CaseResult[] = []
  for (const file of files) {
    const results = await runScript(readFileSync(file, 'utf8'))
    all.push(...results)
    printFile(basename(file), results)
    for (const result of results.filter(
      ({ outcome }) => outcome === 'failed' || (values.verbose && outcome === 'native'),
    )) {
      console.log(
        `  ${result.outcome} line ${result.line}: ${result.expr}${result.reason ? `\n    ${result.reason}` : ''}`,
      )
    }
  }
  printFile('all', all)
  for (const [reason, cases] of Map.groupBy(
    all.filter(({ outcome }) => outcome === 'native'),
    (one) => one.reason,
  )) {
    console.log(`  counted apart: ${cases.length} ${reason}`)
  }
  if (count(all, 'failed') > 0) process.exitCode = 1
}

function listScripts(path: string): string[] {
  if (path.endsWith('.test')) return [path]
  return readdirSync(path)
    .filter((name) => name.endsWith('.test'))
    .sort()
    .map((name) => join(path, name))
}

function count(results: readonly CaseResult[], outcome: CaseResult['outcome']): number {
  return results.filter((result) => result.outcome === outcome).length
}

function printFile(name: string, results: readonly CaseResult[]): void {
  const passed = count(results, 'passed')
  const counted = passed + count(results, 'failed')
  const share = counted === 0 ? '' : ` (${((100 * passed) / counted).toFixed(1)} %)`
  const native = count(results, 'native')
  const apart = native > 0 ? `, ${native} with native histograms counted apart` : ''
  console.log(`${name.padEnd(24)} ${passed} of ${counted} passed${share}${apart}`)
}

await main()
