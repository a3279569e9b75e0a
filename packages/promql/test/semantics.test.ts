import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runScript } from '../src/promqltest/mod.ts'

const folder = join(import.meta.dirname, 'semantics')

describe('the semantics that matter most', () => {
  for (const name of readdirSync(folder).sort()) {
    it(`hold in ${name}`, async () => {
      const results = await runScript(readFileSync(join(folder, name), 'utf8'))
      expect(results.length).toBeGreaterThan(0)
      expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    })
  }
})
