/** The process's own environment. The one place of this package that reads it. */
export function processEnv(): Readonly<Record<string, string | undefined>> {
  return process.env
}
