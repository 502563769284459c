/** What a mail says: some paragraphs, a link unless it leads nowhere, and a last line. */
export interface MailWords {
  readonly paragraphs: readonly string[]
  readonly link?: { readonly label: string; readonly url: string }
  readonly foot: string
}

/** The same words as plain text and as simple HTML, in which whatever people have written is only text. */
export function composeMail({ paragraphs, link, foot }: MailWords): { readonly text: string; readonly html: string } {
  const linkLines = link === undefined ? [] : [`${link.label}:\n${link.url}`]
  const text = [...paragraphs, ...linkLines, `-- \n${foot}`].join('\n\n')
  const lines = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(link === undefined
      ? []
      : [
          `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`,
          `<p style="font-size:12px;color:#616d79">${escapeHtml(link.url)}</p>`,
        ]),
    `<p style="font-size:12px;color:#616d79">${escapeHtml(foot)}</p>`,
  ]
  const style = 'font-family:system-ui,sans-serif;font-size:14px;line-height:20px;color:#1b222a;max-width:560px'
  return {
    text,
    html: `<!doctype html>\n<html lang="en"><body style="${style}">\n${lines.join('\n')}\n</body></html>\n`,
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
