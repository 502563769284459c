import type { ResourceDeletion } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button, FormError, Group, Modal, NameRows, notifications, Stack } from '../../ui/index.ts'
import { BatchFailures } from '../settings/assets/batch-failures.tsx'
import { libraryMessages as messages } from './messages.ts'

/** What a batch may have changed. */
const CHANGED = [['maps', 'list'], ['library'], ['sharing'], ['trash']]

/** Something that is done with many maps at once: what it takes, what they are called, and afterwards what failed. */
export function BatchDialog(props: {
  title: string
  assets: readonly { readonly id: string; readonly name: string }[]
  button: string
  isDangerous?: boolean
  isIncomplete?: boolean
  act: () => Promise<ResourceDeletion>
  /** What is said when so many succeeded. */
  succeeded: (count: number) => string
  onClose: () => void
  onDone: () => void
  children: ReactNode
}) {
  const { assets } = props
  const queryClient = useQueryClient()
  const attempt = useMutation({
    mutationFn: props.act,
    onSuccess: ({ results }) => {
      const done = results.filter(({ success }) => success).length
      if (done > 0) notifications.show({ message: props.succeeded(done) })
      if (done === results.length) props.onDone()
    },
    // Not what is drawn of each map: some of them may be gone.
    onSettled: () => Promise.all(CHANGED.map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  })
  const results = attempt.data?.results
  return (
    <Modal opened onClose={results ? props.onDone : props.onClose} title={props.title} size={520}>
      <Stack gap="md">
        <NameRows label={messages.chosen} items={assets.map(({ id, name }) => ({ id, text: `“${name}”` }))} />
        {!results && props.children}
        <FormError error={attempt.error} />
        {results && <BatchFailures results={results} assets={assets} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={results ? props.onDone : props.onClose}>
            {results ? messages.close : messages.cancel}
          </Button>
          {!results && (
            <Button
              color={props.isDangerous ? 'red' : undefined}
              disabled={props.isIncomplete}
              loading={attempt.isPending}
              onClick={() => attempt.mutate()}
            >
              {props.button}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
