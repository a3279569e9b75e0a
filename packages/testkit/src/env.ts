/** True when TESTKIT=containers asks for servers in containers instead of those on PATH. */
export const wantsContainers = (): boolean => process.env.TESTKIT === 'containers'

/** What a service under test inherits: enough to run, and nothing of the developer's own settings. */
export const neutralEnv = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, TMPDIR, LANG, TZ } = process.env
  return { PATH, HOME, TMPDIR, LANG, TZ }
}
