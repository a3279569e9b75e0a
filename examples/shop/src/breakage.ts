/** How the database can be made to fail: `drop` takes the products away, `lock` makes every query wait in vain. */
export const breakages = ['drop', 'lock'] as const
export type Breakage = (typeof breakages)[number]

export const isBreakage = (text: unknown): text is Breakage => breakages.some((how) => how === text)
