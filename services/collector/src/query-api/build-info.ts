import { type ApiVerb, plainAnswer } from './serve-api.ts'

/** The version of Prometheus whose API and language this is: clients choose their requests by it. */
const SPEAKS_LIKE = '3.5.0'

/** Who answers. Fields that only Go programs have are named for what runs here instead. */
export function describeBuild(version: string, nodeVersion: string): ApiVerb {
  const build = {
    version: `${SPEAKS_LIKE}+tocsin.${version}`,
    revision: '',
    branch: '',
    buildUser: 'tocsin',
    buildDate: '',
    goVersion: `node ${nodeVersion}`,
  }
  return () => plainAnswer(build)
}
