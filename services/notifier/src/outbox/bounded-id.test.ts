import { expect, it } from 'vitest'
import { boundedId } from './bounded-id.ts'

it('keeps an id that every header takes', () => {
  expect(boundedId('deploy:shop/2.0.0')).toBe('deploy:shop/2.0.0')
})

it.each(['déploiement ✓', 'a\r\nBcc: all@example.com', 'two words', 'x'.repeat(121)])(
  'names %j by its hash, always the same',
  (id) => {
    expect(boundedId(id)).toMatch(/^[0-9a-f]{20}$/)
    expect(boundedId(id)).toBe(boundedId(id))
  },
)
