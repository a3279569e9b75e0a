import { formatFloat } from '../values/format-float.ts'

/** `1h2m3.5s`, as Go's `Duration.String`. */
export function printDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : ''
  const magnitude = Math.abs(seconds)
  if (magnitude === 0) return '0s'
  if (magnitude < 1e-6) return `${sign}${formatFloat(magnitude * 1e9, 'f')}ns`
  if (magnitude < 1e-3) return `${sign}${formatFloat(Number((magnitude * 1e6).toFixed(3)), 'f')}µs`
  if (magnitude < 1) return `${sign}${formatFloat(Number((magnitude * 1e3).toFixed(6)), 'f')}ms`
  const hours = Math.floor(magnitude / 3600)
  const minutes = Math.floor((magnitude % 3600) / 60)
  const rest = formatFloat(Number((magnitude % 60).toFixed(9)), 'f')
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`
}
