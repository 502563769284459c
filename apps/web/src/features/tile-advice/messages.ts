/** The words of the advice on slow layers. */
export const messages = {
  title: (label: string) => `Speed of ${label}`,
  awaiting: 'the warehouse to say how it reads a tile',
  slow: 'This layer is slow',
  fast: 'This layer is read the fast way',
  operator: 'Operator',
  functionName: 'Function',
  scan: 'Read by',
  scanBy: (method: string, index: string | null) => (index === null ? method : `${method} of ${index}`),
  scriptTitle: 'What mends it',
  scriptText: 'One script for the owner of the table or an administrator of the warehouse. Graticule does not run it.',
  copyScript: 'Copy the script',
  again: 'Ask again',
  close: 'Close',
}
