import type { CustomMarker } from '@graticule/contract'
import { useState } from 'react'
import { documentOf } from '../../../api/settings-document.ts'
import { useSession } from '../../../shell/use-session.ts'
import { Button, DialogForm, FileButton, Group, Modal, Text, TextInput, useForm } from '../../../ui/index.ts'
import classes from './customization.module.css'
import { messages } from './messages.ts'
import { NamedList } from './named-list.tsx'
import { readMarker } from './read-marker.ts'

/** The markers that Builder offers for layers of points. */
export function MarkerSection(props: { markers: readonly CustomMarker[]; onPlan: (text: string) => void }) {
  return (
    <NamedList
      title={messages.markersTitle}
      intro={messages.markersIntro}
      empty={messages.noMarkers}
      add={messages.newMarker}
      items={props.markers}
      keyOf={({ name }) => name}
      renderMark={({ image }) => <Mark image={image} />}
      describe={() => messages.markerKind}
      renderDialog={({ item, ...dialog }) => <MarkerDialog marker={item} {...dialog} />}
      onPlan={(next) => props.onPlan(documentOf('markers', next))}
    />
  )
}

function MarkerDialog(props: {
  marker: CustomMarker | null
  others: readonly CustomMarker[]
  onClose: () => void
  onDone: (marker: CustomMarker) => void
}) {
  const { marker, others } = props
  const [isUnreadable, setIsUnreadable] = useState(false)
  const form = useForm({
    initialValues: { name: marker?.name ?? '', image: marker?.image ?? '' },
    validate: {
      name: (name) => {
        if (name.trim() === '') return messages.nameMissing
        const isTaken = others.some((other) => other.name.toLowerCase() === name.trim().toLowerCase())
        return isTaken ? messages.nameTaken : null
      },
      image: (image) => (image === '' ? messages.markerMissing : null),
    },
  })
  const choose = async (file: File | null) => {
    if (file === null) return
    const image = await readMarker(file)
    setIsUnreadable(image === null)
    if (image !== null) form.setFieldValue('image', image)
  }
  const problem = isUnreadable ? messages.markerUnreadable : form.errors.image
  return (
    <Modal opened onClose={props.onClose} title={marker === null ? messages.newMarker : messages.editMarker}>
      <DialogForm
        submit={messages.look}
        cancel={messages.cancel}
        onClose={props.onClose}
        onSubmit={form.onSubmit(({ name, image }) => props.onDone({ name: name.trim(), image }))}
      >
        <TextInput data-autofocus label={messages.name} maxLength={60} {...form.getInputProps('name')} />
        <div>
          <Group gap="sm">
            {form.values.image !== '' && <Mark image={form.values.image} />}
            <FileButton accept="image/svg+xml,image/png" onChange={(file) => void choose(file)}>
              {(button) => (
                <Button variant="default" {...button}>
                  {messages.choosePicture}
                </Button>
              )}
            </FileButton>
          </Group>
          <Text size="xs" c={problem ? 'var(--mantine-color-error)' : 'dimmed'} mt={4} role="status">
            {problem ?? messages.markerHelp}
          </Text>
        </div>
      </DialogForm>
    </Modal>
  )
}

function Mark({ image }: { image: string }) {
  const { organization } = useSession()
  const url = image.startsWith('data:') ? image : `/markers/${organization.id}/${image}`
  return <img className={classes.marker} src={url} alt="" />
}
