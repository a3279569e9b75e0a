import { runService } from '@tocsin/runtime'
import { channelKinds } from './channels/registry.ts'
import { notifier } from './notifier.ts'
import { checkPolicy } from './policy/config/check-policy.ts'

const [, , flag, file] = process.argv
if (flag === '--check')
  process.exitCode = await checkPolicy(file, channelKinds, { print: console.log, remark: console.error })
else await runService(notifier)
