/** Each word with a capital letter and the rest in small ones, as Unicode divides words: `it's IN` is `It's In`. */
export function titleCase(text: string): string {
  return text.replace(/[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_]|['’.:·](?=\p{L}))*/gu, (word) => {
    const first = /\p{L}/u.exec(word)
    if (!first) return word
    const at = first.index + first[0].length
    const capital = first[0].toUpperCase()
    // A ligature becomes two letters, of which the first alone is a capital.
    return word.slice(0, first.index) + capital.charAt(0) + (capital.slice(1) + word.slice(at)).toLowerCase()
  })
}
