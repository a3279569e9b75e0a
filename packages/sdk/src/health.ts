import { monitoring } from './default-monitoring.ts'

export type { CustomHealthCheck } from './requests/health-checks.ts'
export type { CheckFunction, CheckResult } from './requests/run-check.ts'

export const {
  /** Runs a check in this application, at its interval, cut off at its timeout (ms); returns what removes it. */
  addCustomHealthCheck,
} = monitoring
