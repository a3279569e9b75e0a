// npm run chaos -- <name> [kills]: kills processes again and again, and judges what came of it. Ctrl-C ends it with a judgement.
import { formatReport, isClean } from './notifier/format-report.ts'
import { runChaos } from './notifier/run-chaos.ts'

const USUAL_KILLS = 200
const [name = 'notifier', kills = String(USUAL_KILLS)] = process.argv.slice(2)
if (name !== 'notifier' || !/^[1-9]\d*$/.test(kills)) {
  console.error('npm run chaos -- notifier [kills]')
  process.exitCode = 2
} else {
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort())
  const report = await runChaos(Number(kills), { say: (text) => console.error(text), ending: ending.signal })
  console.log(formatReport(report))
  process.exitCode = isClean(report) ? 0 : 1
}
