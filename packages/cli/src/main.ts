#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Before anything large is imported: it saves half of the command's own start. The services share the folder.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/tocsin-compile'))
// A reader who has seen enough, as `| head` has, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`tocsin: the output cannot be written: ${error.message}\n`, () => process.exit(1))
})
// Where errors cannot be told there is nobody to tell of it.
process.stderr.on('error', () => {})
const { runProgram } = await import('./run-program.ts')
process.exitCode = await runProgram(process.argv)
