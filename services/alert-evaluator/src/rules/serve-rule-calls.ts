import { RuleError } from '@tocsin/rules'
import { type Bus, RpcError } from '@tocsin/runtime'
import { type CustomRules, faultOf } from './custom-rules.ts'
import type { DryRunReply, DryRunRequest } from './dry-run.ts'

export interface RuleCallsDeps {
  readonly custom: CustomRules
  readonly dryRun: (request: DryRunRequest) => DryRunReply | undefined
}

/** Answers `put-rule`, `delete-rule`, `list-rules` and `dry-run` over NATS. */
export function serveRuleCalls(bus: Bus, { custom, dryRun }: RuleCallsDeps): Promise<() => Promise<void>> {
  return bus.serveRpc('alert-evaluator', {
    'put-rule': (rule) =>
      custom.put(rule).catch((error: unknown) => {
        if (error instanceof RuleError) throw new RpcError('invalid_rule', faultOf(error), { cause: error })
        throw error
      }),
    'delete-rule': ({ name }) => custom.delete(name),
    'list-rules': () => ({ rules: [...custom.list()] }),
    'dry-run': (request) => {
      try {
        const reply = dryRun(request)
        if (reply) return reply
      } catch (error) {
        if (error instanceof RuleError) throw new RpcError('invalid_rule', error.message, { cause: error })
        throw error
      }
      throw new RpcError('unavailable', 'this replica is starting: ask again in a moment', {
        retryable: true,
      })
    },
  })
}
