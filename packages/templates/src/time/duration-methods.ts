import { DURATION, secondsOf } from '../values/params.ts'
import type { DurationValue, Method, MethodSet, Value } from '../values/value.ts'
import { printDuration } from './print-duration.ts'

const lasting = (seconds: number): DurationValue => ({ kind: 'duration', seconds })
const read = (of: (seconds: number) => Value): Method => ({
  params: [],
  call: (owner) => of(secondsOf(owner)),
})
const stepped = (round: (n: number) => number): Method => ({
  params: [DURATION],
  call(owner, [to]) {
    const step = secondsOf(to)
    return step > 0 ? lasting(round(secondsOf(owner) / step) * step) : owner
  },
})

/** The methods of Go's `time.Duration`. */
export const durationMethods: MethodSet = {
  Hours: read((seconds) => seconds / 3600),
  Minutes: read((seconds) => seconds / 60),
  Seconds: read((seconds) => seconds),
  Milliseconds: read((seconds) => BigInt(Math.trunc(seconds * 1e3))),
  Microseconds: read((seconds) => BigInt(Math.trunc(seconds * 1e6))),
  Nanoseconds: read((seconds) => BigInt(Math.trunc(seconds * 1e9))),
  Abs: read((seconds) => lasting(Math.abs(seconds))),
  String: read(printDuration),
  Round: stepped(Math.round),
  Truncate: stepped(Math.trunc),
}
