import type { NetworkTryBody } from '@graticule/contract'

/** The words of Settings → Network. */
export const messages = {
  title: 'Network',
  intro:
    'Which hosts the server reaches for your organization: warehouses of connections, and identity providers that people sign in with. Basemaps and pictures are loaded by the browser, which this list does not bound.',
  awaiting: 'Loading the network settings',
  egressTitle: 'Hosts in use',
  egressIntro:
    'What your connections and identity providers need. Open these in your firewall, from the server to the host.',
  egressEmpty: 'No connection and no identity provider needs a host yet.',
  columns: { host: 'Host and port', purpose: 'For', usedBy: 'Used by', state: 'State' },
  purposes: { warehouse: 'Warehouse', 'identity-provider': 'Sign-in' } satisfies Record<
    NetworkTryBody['purpose'],
    string
  >,
  allowed: 'Allowed',
  refused: 'Refused',
  listTitle: 'Allowed hosts',
  ceiling: {
    privateOpen:
      'Warehouses may be in private networks, such as 10.0.0.0/8. Sign-in may not, unless the operator lists the host.',
    privateClosed: 'The operator of this server keeps private networks closed.',
    loopbackOpen: 'While the product is only tried on this machine, warehouses may be on it too.',
    list: (hosts: string) => `The operator of this server lets nobody reach more than ${hosts}.`,
    always:
      'This server itself, link-local addresses and what clouds tell their machines stay closed, whatever is listed.',
  },
  modes: { any: 'Every host that the operator of this server leaves open', listed: 'Only these hosts' },
  modeLabel: 'Which hosts may be reached',
  hosts: 'Hosts and networks, one per line',
  hostsHelp: 'A name, with a port if you like; * stands for one label; a network by its address and bits.',
  hostsPlaceholder: 'db.example.org:5432\n*.warehouse.example.org\n10.20.0.0/16',
  addUsed: 'Add the hosts in use',
  save: 'Save allowed hosts',
  saved: 'Allowed hosts saved',
  discard: 'Discard',
  tryTitle: 'Try a host',
  tryIntro: 'Says what is decided about a host now, and why. Nothing is connected to.',
  host: 'Host',
  port: 'Port',
  purpose: 'For',
  try: 'Explain',
  tryFailed: 'The host was not tried',
  wouldReach: 'The server would reach it',
  wouldNotReach: 'The server would not reach it',
}
