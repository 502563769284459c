/** The words of the states that every page shares. */
export const stateMessages = {
  retry: 'Try again',
  requestId: (id: string) => `Request ${id}`,
  errorTitle: 'This could not be loaded',
  offlineTitle: 'You are offline',
  offlineText: 'This page loads by itself as soon as the network is back. Nothing that you saved is lost.',
  forbiddenTitle: 'You cannot see this',
  missingTitle: 'Not found',
  unknownError: 'Something failed in this page. Reloading it usually helps.',
  waitingFor: (what: string) => `Still waiting for ${what}…`,
  cancel: 'Cancel',
  cancelledTitle: 'Cancelled',
  cancelledText: (what: string) => `Graticule stopped waiting for ${what}.`,
  loadAgain: 'Load again',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading',
}
