#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Before anything large is imported: it saves half of the command's own start. The services share the folder.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/tocsin-compile'))
// A reader who has seen enough, as `| head` has, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
const { runProgram } = await import('./run-program.ts')
process.exitCode = await runProgram(process.argv)
