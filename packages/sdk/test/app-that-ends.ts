import { addCustomHealthCheck, initializeMonitoring, recordHttpRequest } from '@tocsin/sdk'

// An application that does its work, says nothing of shutting down, and should end by itself.
await initializeMonitoring({ service: 'short' })
addCustomHealthCheck({ name: 'self', interval: 50, check: () => ({ status: 'healthy' }) })
recordHttpRequest('GET', '/', 200, 1)
await new Promise((resolve) => setTimeout(resolve, Number(process.argv[2])))
console.log('done')
