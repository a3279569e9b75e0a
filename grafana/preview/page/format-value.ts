/** A value as Grafana writes it in this unit. Also runs in the page. */
export function formatValue(value: number, unit = 'short', decimals?: number): string {
  if (!Number.isFinite(value)) return '–'
  if (unit === 's') return scaled(value, seconds, decimals)
  if (unit === 'ms') return scaled(value / 1000, seconds, decimals)
  if (unit === 'percentunit') return `${plain(value * 100, decimals)}%`
  if (unit === 'bytes') return scaled(value, binary, decimals)
  if (unit === 'Bps') return scaled(value, byteRate, decimals)
  const suffix = suffixes[unit] ?? ''
  return `${scaled(value, decimal, decimals)}${suffix}`
}

type Steps = readonly (readonly [from: number, divisor: number, name: string])[]

const seconds: Steps = [
  [86_400, 86_400, ' d'],
  [3600, 3600, ' h'],
  [60, 60, ' min'],
  [1, 1, ' s'],
  [1e-3, 1e-3, ' ms'],
  [1e-6, 1e-6, ' µs'],
  [0, 1e-9, ' ns'],
]
const binary: Steps = [
  [2 ** 40, 2 ** 40, ' TiB'],
  [2 ** 30, 2 ** 30, ' GiB'],
  [2 ** 20, 2 ** 20, ' MiB'],
  [2 ** 10, 2 ** 10, ' KiB'],
  [0, 1, ' B'],
]
const byteRate: Steps = [
  [1e9, 1e9, ' GB/s'],
  [1e6, 1e6, ' MB/s'],
  [1e3, 1e3, ' kB/s'],
  [0, 1, ' B/s'],
]
const decimal: Steps = [
  [1e9, 1e9, ' G'],
  [1e6, 1e6, ' M'],
  [1e4, 1e3, ' K'],
  [0, 1, ''],
]
const suffixes: Readonly<Record<string, string>> = {
  reqps: ' req/s',
  ops: ' ops/s',
  opm: ' ops/min',
  mps: ' msg/s',
  pps: ' p/s',
}

function scaled(value: number, steps: Steps, decimals: number | undefined): string {
  if (value === 0) return `0${steps === decimal ? '' : (steps.find(([from]) => from === 1)?.[2] ?? '')}`
  const [, divisor, name] = steps.find(([from]) => Math.abs(value) >= from) ?? [0, 1, '']
  return `${plain(value / divisor, decimals)}${name}`
}

function plain(value: number, decimals: number | undefined): string {
  const size = Math.abs(value)
  const digits = decimals ?? (size >= 100 ? 0 : size >= 10 ? 1 : 2)
  return String(Number(value.toFixed(digits)))
}
