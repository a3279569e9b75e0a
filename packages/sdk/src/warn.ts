/** Says something once per key, so that what happens a thousand times a second is one line. */
export type Warn = (key: string, message: string) => void

const MAX_KEYS = 1000

export function createWarner(write: (message: string) => void): Warn {
  const said = new Set<string>()
  return (key, message) => {
    if (said.has(key) || said.size >= MAX_KEYS) return
    said.add(key)
    try {
      write(message)
    } catch {
      // A logger that fails must not take the application with it.
    }
  }
}
