export { freePort, type Server } from '@tocsin/servers'
export { checkSlackPayload, type SlackFault } from './check-slack-payload.ts'
export type { WrittenSeries } from './encode-write-request.ts'
export { failOnLeaks, type LeakWatch, watchLeaks } from './fail-on-leaks.ts'
export { remoteWrite } from './remote-write.ts'
export {
  type Answer,
  type Answerer,
  type HttpSink,
  type ReceivedRequest,
  startHttpSink,
} from './start-http-sink.ts'
export { startAlertmanager, startNats, startPrometheus, startRedis } from './start-servers.ts'
export {
  type LogLine,
  type ServiceUnderTest,
  type StartServiceOptions,
  startService,
} from './start-service.ts'
export { type Slack, type SlackMessage, startSlack } from './start-slack.ts'
export {
  type ReceivedMail,
  type Smtp,
  type SmtpBehaviour,
  type SmtpOptions,
  startSmtp,
} from './start-smtp.ts'
export { type TestClock, testClock } from './test-clock.ts'
export { type WaitOptions, waitFor } from './wait-for.ts'
