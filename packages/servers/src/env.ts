/** The environment that started programs inherit. The only reader of process.env in this package. */
export const inheritedEnv = (): NodeJS.ProcessEnv => ({ ...process.env })

/** PATH as folders, in order. */
export const searchPath = (): string[] => (process.env.PATH ?? '').split(':').filter(Boolean)
