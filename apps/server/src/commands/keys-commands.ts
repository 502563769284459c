import { type KeyRotationOptions, readKeyStatus, retireKeys, rotateKeys } from '../platform/secrets/key-rotation.ts'

/** Tells which master key seals what, and which servers have which. Answers the lines to print. */
export async function statusByOperator(options: KeyRotationOptions): Promise<string> {
  const { columns, keyId, keyIds, servers, unused } = await readKeyStatus(options)
  return [
    `The key ${keyId} seals. Keys in ${options.source.name}: ${keyIds.join(', ')}.`,
    ...columns.map(({ counts, name }) => {
      const seals = counts.map((count) => `${count.values} with ${count.keyId}`)
      return `  ${name}: ${seals.length === 0 ? 'none' : seals.join(', ')}`
    }),
    ...servers.map(
      (server) =>
        `The server ${server.serverId} has ${server.keyIds.join(', ')} and seals with ${server.sealingKeyId}.`,
    ),
    ...unused.map((id) => `Nothing needs the key ${id} any more.`),
  ].join('\n')
}

/** Changes the master key, or carries on a change that ended early. Answers the sentence to print. */
export async function rotateByOperator(options: KeyRotationOptions): Promise<string> {
  const { isChanged, keyId, values } = await rotateKeys(options)
  const secrets = `${values} secret${values === 1 ? '' : 's'}`
  const sealed = `${secrets} ${values === 1 ? 'was' : 'were'} sealed anew`
  if (!isChanged) return `The change to the key ${keyId} is complete: ${sealed}.`
  return `The key ${keyId} seals from now on, and ${sealed}. Keep the old key for as long as you keep backups from before; "keys retire" says when the servers no longer need it.`
}

/** Removes the keys that nothing needs, or says which the operator can remove. Answers the sentence to print. */
export async function retireByOperator(options: KeyRotationOptions): Promise<string> {
  const { keyId, movedTo, unused } = await retireKeys(options)
  const { name } = options.source
  if (unused.length === 0) return `Every key of ${name} is needed; ${keyId} seals.`
  const which = `${unused.length === 1 ? 'the key' : 'the keys'} ${unused.join(', ')}`
  if (movedTo !== null)
    return `Moved ${which} from ${name} to ${movedTo}: put that file with the backups from before the change, which open with nothing else, or delete it.`
  return `Nothing needs ${which} any more: remove it from ${name} of every server. Backups from before the change still need it.`
}
