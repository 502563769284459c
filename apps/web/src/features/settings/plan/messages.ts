/** The words of what a change of settings would do. */
export const messages = {
  title: 'What this changes',
  awaiting: 'what this would change',
  nothing: 'This changes nothing: the settings are like this already.',
  noEffect: 'Nobody gains or loses anything.',
  problems: 'This cannot be applied',
  groups: { loss: 'Lost', gain: 'Gained', change: 'Changed' },
  differences: (count: number) => (count === 1 ? '1 value changes' : `${count} values change`),
  from: 'Now',
  to: 'Then',
  none: 'nothing',
  cancel: 'Cancel',
  apply: 'Apply',
  /** Of a single section, where the document is not mentioned. */
  save: 'Save changes',
  applied: 'The settings were changed.',
  failed: 'The settings were not changed',
}
