import { runService } from '@tocsin/runtime'
import { capacity } from './service.ts'

await runService(capacity)
