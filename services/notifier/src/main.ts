import { runService } from '@tocsin/runtime'
import { notifier } from './notifier.ts'

await runService(notifier)
