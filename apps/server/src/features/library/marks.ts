/** What somebody sees of an asset beside what it is: its tags, and whether it is a favourite of theirs. */
export interface Marks {
  readonly tags: readonly string[]
  readonly isFavourite: boolean
}
