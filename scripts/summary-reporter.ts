import type { Reporter, TestModule } from 'vitest/node'

/** One plain line at the very end, for whoever reads only that: `N passed, N failed, N skipped`. */
export function summaryReporter(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], errors) {
      const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
      for (const module of modules) {
        if (module.children.size === 0 && module.errors().length > 0) count.failed++
        for (const test of module.children.allTests()) count[test.result().state]++
      }
      console.log(
        `\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`,
      )
    },
  }
}
