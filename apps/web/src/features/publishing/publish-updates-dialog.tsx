import type { MapDetail } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { publishMap } from '../../api/maps.ts'
import { DialogForm, Modal } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { NO_PUBLICATION, PublicationFields, toPublication, usePublicationCheck } from './publication-fields.tsx'
import { wantsReason } from './publication-refusals.ts'

interface PublishUpdatesDialogProps {
  readonly mapId: string
  /** The draft that is to be published. */
  readonly revision: number
  /** Why it was not published without a look at what the public would see; null while nothing was refused. */
  readonly refusal: Error | null
  readonly onPublished: (map: MapDetail) => void
  readonly onClose: () => void
}

/** Publishes the updates of a public map that shows more by them, after a look at what that is and for a reason. */
export function PublishUpdatesDialog(props: PublishUpdatesDialogProps) {
  return (
    <Modal
      opened={props.refusal !== null}
      onClose={props.onClose}
      title={messages.updatesTitle}
      size={520}
      closeOnClickOutside={false}
    >
      {props.refusal !== null && <PublishUpdatesForm {...props} refusal={props.refusal} />}
    </Modal>
  )
}

function PublishUpdatesForm(props: PublishUpdatesDialogProps & { refusal: Error }) {
  const { mapId, onClose, onPublished, refusal, revision } = props
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState(NO_PUBLICATION)
  const [isTried, setIsTried] = useState(false)
  const publish = useMutation({
    mutationFn: () => publishMap(mapId, revision, toPublication(draft, query.data)),
    onSuccess: onPublished,
    onError: () => void queryClient.invalidateQueries({ queryKey: ['publication-check', mapId] }),
  })
  const mustSayWhy = wantsReason(refusal) || wantsReason(publish.error)
  const { isReady, query } = usePublicationCheck(mapId, draft, true, mustSayWhy)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsTried(true)
    if (isReady) publish.mutate()
  }
  return (
    <DialogForm
      onSubmit={submit}
      error={publish.error ?? refusal}
      errorTitle={messages.updatesFailed}
      submit={messages.publishUpdates}
      cancel={messages.cancel}
      isPending={publish.isPending}
      onClose={onClose}
    >
      <PublicationFields
        draft={draft}
        query={query}
        mustSayWhy={mustSayWhy}
        isReasonMissing={isTried && draft.reason.trim() === ''}
        onChange={(changed) => {
          publish.reset()
          setDraft(changed)
        }}
      />
    </DialogForm>
  )
}
