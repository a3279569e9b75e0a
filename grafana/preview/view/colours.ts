/** Grafana's names of colours, as its dark theme has them. */
const named: Readonly<Record<string, string>> = {
  green: '#73BF69',
  yellow: '#FADE2A',
  orange: '#FF9830',
  red: '#F2495C',
  blue: '#5794F2',
  purple: '#B877D9',
  text: '#CCCCDC',
}

const palette = [
  '#73BF69', '#F2CC0C', '#5794F2', '#FF780A', '#B877D9', '#8AB8FF', '#F2495C', '#56A64B', '#FFCB7D', '#3274D9',
  '#CA95E5', '#96D98D',
] // biome-ignore format: a palette

export const colourOf = (name: string): string => named[name] ?? name
export const paletteColour = (index: number): string => palette[index % palette.length] ?? '#73BF69'
