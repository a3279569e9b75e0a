import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { summaryReporter } from './scripts/summary-reporter.ts'

export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'services/*/{src,test}/**/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
      'grafana/{src,test,preview}/**/*.test.ts',
      'lint/**/*.test.ts',
      'e2e/test/**/*.test.ts',
    ],
    pool: 'forks',
    // What is written for people is compared without its colours, also where CI asks for them.
    env: { NO_COLOR: '1' },
    // Most of the time goes into waiting for real servers: one worker less than there are cores would idle.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', summaryReporter()],
  },
})
