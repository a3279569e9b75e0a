import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { summaryReporter } from './scripts/summary-reporter.ts'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: [
            '{packages,services,examples}/*/src/**/*.test.ts',
            'grafana/{src,preview}/**/*.test.ts',
            'lint/**/*.test.ts',
          ],
          // They touch nothing that is the process's own: starting one for each file took three times as long as they do.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['{packages,services,examples}/*/test/**/*.test.ts', '{grafana,e2e}/test/**/*.test.ts'],
        },
      },
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
