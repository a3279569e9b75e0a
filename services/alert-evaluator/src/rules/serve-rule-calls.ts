import { RuleError } from '@tocsin/rules'
import { type Bus, RpcError } from '@tocsin/runtime'
import { type CustomRules, faultOf } from './custom-rules.ts'

/** Answers `put-rule`, `delete-rule` and `list-rules` over NATS. */
export function serveRuleCalls(bus: Bus, custom: CustomRules): Promise<() => Promise<void>> {
  return bus.serveRpc('alert-evaluator', {
    'put-rule': (rule) =>
      custom.put(rule).catch((error: unknown) => {
        if (error instanceof RuleError) throw new RpcError('invalid_rule', faultOf(error), { cause: error })
        throw error
      }),
    'delete-rule': ({ name }) => custom.delete(name),
    'list-rules': () => ({ rules: [...custom.list()] }),
  })
}
