import type { MapDocument } from '@graticule/contract'
import { type RawBuilder, sql } from 'kysely'

/** Longer texts are found by their first words alone. */
const MAX_WORDS = 2_000
const MAX_WORD_LENGTH = 64
/** So many words of what somebody searches for count. */
const MAX_SOUGHT = 12

/** Letters that are written without their stroke or apart although no mark is taken off them. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/**
 * A text without the case and the accents of its letters. It happens here and not in the store, whose own functions need
 * an extension for accents and know the case of letters outside of ASCII only in some locales.
 */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøłđðþı]/gu, (letter) => PLAIN[letter] ?? letter)
}

/** The different words of texts, folded. */
export function wordsOf(...texts: readonly string[]): string[] {
  const words = foldText(texts.join(' ')).match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words.map((word) => word.slice(0, MAX_WORD_LENGTH)))].slice(0, MAX_WORDS)
}

/** The words by which a map is found: its title and description, and the connections and tables that it draws from. */
export function wordsOfMap(document: Pick<MapDocument, 'title' | 'description' | 'datasets'>): string[] {
  return wordsOf(
    document.title,
    document.description,
    ...document.datasets.flatMap(({ connectionName, source, type }) => [
      connectionName,
      ...(type === 'table' ? [source] : namedTables(source)),
    ]),
  )
}

/** The words by which somebody is found. */
export function wordsOfPerson(person: { readonly name: string; readonly email: string }): string[] {
  return wordsOf(person.name, person.email)
}

/** Words as a value of a column that is searched. */
export function toWordsColumn(words: readonly string[]): RawBuilder<string> {
  return sql<string>`array_to_tsvector(${[...words]}::text[])`
}

/** For each word that is sought, the query for words that begin with it; a text without any word finds everything. */
export function soughtWords(text: string): string[] {
  return wordsOf(text)
    .slice(0, MAX_SOUGHT)
    .map((word) => `'${word}':*`)
}

/** What stands where a query names a table. */
function namedTables(query: string): string[] {
  return [
    ...query.matchAll(/\b(?:from|join)\s+((?:"[^"]+"|[\p{L}\p{N}_$]+)(?:\s*\.\s*(?:"[^"]+"|[\p{L}\p{N}_$]+))*)/giu),
  ].flatMap(([, name]) => name ?? [])
}
