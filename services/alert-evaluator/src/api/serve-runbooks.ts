import { loadRunbook } from '@tocsin/rules'
import type { Express } from 'express'

/** The pages that alerts of shipped packs link to: `/runbooks/<pack>/<alert>`, as the Markdown that they are. */
export function serveRunbooks(app: Express): void {
  app.get('/runbooks/:pack/:alert', (req, res) => {
    const { pack, alert } = req.params
    const page = loadRunbook(pack, alert)
    if (page === undefined) res.status(404).type('text/plain').send(`there is no runbook ${pack}/${alert}\n`)
    else res.type('text/plain').send(page)
  })
}
