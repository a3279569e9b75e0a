/** A way to write metrics down: Prometheus' text format, or OpenMetrics. */
export interface ExpositionFormat {
  readonly kind: 'text' | 'openmetrics'
  readonly contentType: string
}

const TEXT: ExpositionFormat = { kind: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' }
const OPENMETRICS_VERSIONS: ReadonlySet<string> = new Set(['1.0.0', '0.0.1'])

interface Offer {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** The format a client prefers, by its `Accept` header; the text format when it names none that we write. */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  for (const offer of parseOffers(accept ?? '')) {
    if (offer.quality <= 0) continue
    if (offer.value === 'application/openmetrics-text') {
      const version = offer.parameters.get('version') ?? '1.0.0'
      if (!OPENMETRICS_VERSIONS.has(version)) continue
      return {
        kind: 'openmetrics',
        contentType: `application/openmetrics-text; version=${version}; charset=utf-8`,
      }
    }
    if (offer.value === 'text/plain') {
      const version = offer.parameters.get('version') ?? '0.0.4'
      if (version === '0.0.4') return TEXT
    }
  }
  return TEXT
}

/** Whether a client takes gzip, by its `Accept-Encoding` header. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const offers = parseOffers(acceptEncoding ?? '')
  const chosen = offers.find((o) => o.value === 'gzip') ?? offers.find((o) => o.value === '*')
  return chosen !== undefined && chosen.quality > 0
}

/** The alternatives of an `Accept` header, best first; equal ones keep the client's order. */
function parseOffers(header: string): readonly Offer[] {
  return header
    .split(',')
    .map(parseOffer)
    .filter((offer) => offer.value !== '')
    .sort((a, b) => b.quality - a.quality)
}

function parseOffer(text: string): Offer {
  const [value = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(
    rest.map((part): [string, string] => {
      const [name = '', content = ''] = part.split('=', 2)
      return [name.trim().toLowerCase(), content.trim().replace(/^"(.*)"$/, '$1')]
    }),
  )
  const quality = Number(parameters.get('q') ?? '1')
  return { value: value.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 0 }
}
