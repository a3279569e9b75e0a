import { manyRules } from './alerts/many-rules.ts'
import { restartWithAlerts } from './alerts/restart.ts'

const ROUNDS = 2

/** The alert-evaluator among many rules, and with many alerts; each beside itself with few. */
export async function alerts(rounds: number = ROUNDS): Promise<void> {
  await restartWithAlerts(rounds + 1)
  await manyRules(rounds)
}
