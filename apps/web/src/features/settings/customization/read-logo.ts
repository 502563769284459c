import { MAX_LOGO_BYTES, MIN_LOGO_PIXELS } from '@graticule/contract'
import { messages } from './messages.ts'

/** A picture file as a data URL, or the sentence that says why it cannot be the logo. */
export async function readLogo(file: File): Promise<{ readonly url: string } | { readonly problem: string }> {
  if (file.size > MAX_LOGO_BYTES) return { problem: messages.logoTooLarge }
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return { problem: messages.logoUnreadable }
  const { width, height } = picture
  picture.close()
  if (width !== height || width < MIN_LOGO_PIXELS) return { problem: messages.logoNotSquare(width, height) }
  return { url: await readAsDataUrl(file) }
}

function readAsDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
