import { runService } from '@tocsin/runtime'
import { sla } from './service.ts'

await runService(sla)
