/**
 * Where a zstd frame ends (RFC 8878, section 3.1). Node decompresses one frame and ignores what follows, so files of
 * several have to be cut.
 */

const magic = 0xfd2fb528
const skippable = 0x184d2a50
const dictionaryIdSizes = [0, 1, 2, 4]
const contentSizeSizes = [0, 2, 4, 8]

/** The length of the frame that starts at `start`; `undefined` when more bytes are needed, null when it is not a frame. */
export const frameLength = (bytes: Uint8Array, start: number): number | undefined | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start)
  if (view.byteLength < 8) return undefined
  const found = view.getUint32(0, true)
  if (found >>> 4 === skippable >>> 4) return within(view, 8 + view.getUint32(4, true))
  if (found !== magic) return null
  const descriptor = view.getUint8(4)
  let at = 5 + headerSize(descriptor)
  while (at + 3 <= view.byteLength) {
    const block = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16)
    const isRunLength = ((block >>> 1) & 3) === 1
    at += 3 + (isRunLength ? 1 : block >>> 3)
    if ((block & 1) === 1) return within(view, at + ((descriptor & 4) === 0 ? 0 : 4))
  }
  return undefined
}

const within = (view: DataView, length: number) => (length <= view.byteLength ? length : undefined)

/** Window, dictionary and content size, as the descriptor says. */
const headerSize = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 32) !== 0
  const contentSize = contentSizeSizes[descriptor >>> 6] ?? 0
  return (
    (isSingleSegment ? 0 : 1) +
    (dictionaryIdSizes[descriptor & 3] ?? 0) +
    (contentSize === 0 && isSingleSegment ? 1 : contentSize)
  )
}
