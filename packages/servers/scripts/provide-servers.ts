// Makes sure that servers are there: `node provide-servers.ts nats redis`. Says what it does; ends with 1 and one line when it cannot.
import { isServerName, type ServerName } from '../src/programs.ts'
import { provideServers } from '../src/provide-servers.ts'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !isServerName(name))
try {
  if (unknown.length > 0) throw new Error(`unknown server: ${unknown.join(', ')}`)
  await provideServers(names as ServerName[], { say: (line) => console.log(`tocsin: ${line}`) })
} catch (error) {
  console.error(`tocsin: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
