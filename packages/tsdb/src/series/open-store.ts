// The newest samples of every series lie raw in pages that all series share: an array of its own for each would cost
// more than its samples, and appending would wait for memory at every turn. A region belongs to one series; its size
// is a power of two, and a page holds regions of one size.

/** Samples of one page. */
const PAGE_SAMPLES = 4096
const PAGE_SHIFT = 12
const PAGE_MASK = PAGE_SAMPLES - 1
const SAMPLE_BYTES = 16
const SMALLEST_SHIFT = 3

/** Samples of the smallest and of the largest region. */
export const SMALLEST_REGION = 1 << SMALLEST_SHIFT
export const LARGEST_REGION = PAGE_SAMPLES

/** Timestamps and values at the same indices. */
export interface OpenPage {
  readonly times: Float64Array
  readonly values: Float64Array
  /** Regions that series hold. */
  live: number
}

/** Hands out regions for raw samples. A region is named by the place of its first sample. */
export interface OpenStore {
  /** The page that a place lies in. */
  pageOf(place: number): OpenPage
  /** A region for at least `samples`, of which there may be at most `LARGEST_REGION`. */
  allocate(samples: number): number
  /** The samples that a region of this wish really has room for. */
  roomFor(samples: number): number
  release(place: number, room: number): void
  /** Bytes of all pages. */
  bytes(): number
}

/** The index of a place within its page. */
export function placeInPage(place: number): number {
  return place & PAGE_MASK
}

export function createOpenStore(): OpenStore {
  const pages: (OpenPage | undefined)[] = []
  const emptyPages: number[] = []
  const free = Array.from({ length: PAGE_SHIFT - SMALLEST_SHIFT + 1 }, (): Set<number> => new Set())
  let livePages = 0

  function pageOf(place: number): OpenPage {
    const page = pages[place >>> PAGE_SHIFT]
    if (!page) throw new RangeError(`the region at ${place} was released; a series must not hold on to it`)
    return page
  }

  /** A new page, all of its regions free. */
  function addPage(shift: number): Set<number> {
    const buffer = new ArrayBuffer(PAGE_SAMPLES * SAMPLE_BYTES)
    const number = emptyPages.pop() ?? pages.length
    pages[number] = {
      times: new Float64Array(buffer, 0, PAGE_SAMPLES),
      values: new Float64Array(buffer, PAGE_SAMPLES * 8, PAGE_SAMPLES),
      live: 0,
    }
    livePages++
    const regions = freeOf(shift)
    const first = number * PAGE_SAMPLES
    for (let place = first; place < first + PAGE_SAMPLES; place += 1 << shift) regions.add(place)
    return regions
  }

  function freeOf(shift: number): Set<number> {
    const regions = free[shift - SMALLEST_SHIFT]
    if (!regions) throw new RangeError(`a region holds at most ${LARGEST_REGION} samples`)
    return regions
  }

  return {
    pageOf,
    allocate(samples) {
      const shift = shiftFor(samples)
      let regions = freeOf(shift)
      if (regions.size === 0) regions = addPage(shift)
      const [place = 0] = regions
      regions.delete(place)
      pageOf(place).live++
      return place
    },
    roomFor: (samples) => 1 << shiftFor(samples),
    release(place, room) {
      const shift = shiftFor(room)
      const regions = freeOf(shift)
      regions.add(place)
      const page = pageOf(place)
      if (--page.live > 0) return
      const number = place >>> PAGE_SHIFT
      const first = number * PAGE_SAMPLES
      for (let at = first; at < first + PAGE_SAMPLES; at += room) regions.delete(at)
      pages[number] = undefined
      emptyPages.push(number)
      livePages--
    },
    bytes: () => livePages * PAGE_SAMPLES * SAMPLE_BYTES,
  }
}

function shiftFor(samples: number): number {
  return Math.max(SMALLEST_SHIFT, 32 - Math.clz32(samples - 1))
}
