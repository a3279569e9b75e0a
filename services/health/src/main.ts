import { runService } from '@tocsin/runtime'
import { health } from './service.ts'

await runService(health)
