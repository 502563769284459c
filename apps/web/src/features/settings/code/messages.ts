/** The words of settings as code. */
export const messages = {
  title: 'Settings as code',
  intro:
    'Everything that can be set here, as one document. Keep it in a file, change it, and see who gains or loses what before you apply it. A section that you leave out stays as it is.',
  forbiddenTitle: 'You cannot see the settings as code',
  awaiting: 'the settings',
  form: 'Form',
  forms: { yaml: 'YAML', json: 'JSON' },
  document: 'Document',
  copy: 'Copy',
  download: 'Download',
  reset: 'Undo my changes',
  plan: 'See what changes',
  test: 'Test expected access',
  testFailed: 'The document could not be tested',
  testTitle: (passed: number, failed: number) =>
    passed + failed === 0
      ? 'The document expects nothing: add a section expectedAccess.'
      : `${passed} as expected, ${failed} not`,
  asExpected: 'As expected',
  notAsExpected: 'Not as expected',
  expectation: (who: string, allowed: boolean, action: string, asset: string) =>
    `${who} ${allowed ? 'may' : 'may not'} ${action}${asset === '' ? '' : ` · ${asset}`}`,
  commandLine: 'On the command line: npm run cli -- settings get|diff|plan|apply|test',
}
