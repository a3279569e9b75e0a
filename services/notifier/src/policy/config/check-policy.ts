import { CodedError, messageOf } from '@tocsin/runtime'
import type { ChannelKindDefinition } from '../../channels/channel-kind.ts'
import { everyRoute } from '../routes-of.ts'
import { loadPolicy } from './load-policy.ts'

interface Say {
  readonly print: (text: string) => void
  readonly remark: (text: string) => void
}

/** Checks a configuration as the notifier would read it; the answer is the exit code. */
export async function checkPolicy(
  file: string | undefined,
  kinds: readonly ChannelKindDefinition[],
  { print, remark }: Say,
): Promise<number> {
  if (file === undefined) {
    remark('which file? --check <notifier.yml>')
    return 2
  }
  try {
    const { policy } = await loadPolicy(file, kinds)
    const counts = [
      count(everyRoute(policy).length, 'route'),
      count(policy.receivers.size, 'receiver'),
      count(policy.inhibitRules.length, 'inhibit rule'),
      count(policy.timeIntervals.size, 'time interval'),
      count(policy.templateFiles.length, 'template file'),
    ]
    print(`${file}: ${counts.join(', ')}`)
    return 0
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    remark(messageOf(error))
    return 1
  }
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
