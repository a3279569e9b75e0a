import { monitoring } from './default-monitoring.ts'

export type { CustomRule } from '@tocsin/contract'
export type { AlertManager, RuleReceipt } from './requests/custom-rules.ts'

/** Alert rules of the application's own, evaluated by the alert-evaluator. */
export const { alertManager } = monitoring
