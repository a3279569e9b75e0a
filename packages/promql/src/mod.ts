export { InvalidRegexError } from './regex.ts'
export {
  createMatcher,
  isStaleAt,
  type Labels,
  type Matcher,
  type MatchType,
  matchLabels,
  type Queryable,
  type SeriesSamples,
  writeStaleAt,
} from './storage.ts'
