import { BASEMAP_TYPES, type CustomBasemap } from '@graticule/contract'
import { documentOf } from '../../../api/settings-document.ts'
import { DialogForm, Modal, Select, TagsInput, TextInput, useForm } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { NamedList } from './named-list.tsx'

const SCHEMES = ['light', 'dark'] as const
const ID = /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/

/** The basemaps that Builder offers beside those that come with the server. */
export function BasemapSection(props: { basemaps: readonly CustomBasemap[]; onPlan: (text: string) => void }) {
  return (
    <NamedList
      title={messages.basemapsTitle}
      intro={messages.basemapsIntro}
      empty={messages.noBasemaps}
      add={messages.newBasemap}
      items={props.basemaps}
      keyOf={({ id }) => id}
      describe={({ type, url }) => `${messages.types[type]} · ${url}`}
      renderDialog={({ item, ...dialog }) => <BasemapDialog basemap={item} {...dialog} />}
      onPlan={(next) => props.onPlan(documentOf('basemaps', next))}
    />
  )
}

function BasemapDialog(props: {
  basemap: CustomBasemap | null
  others: readonly CustomBasemap[]
  onClose: () => void
  onDone: (basemap: CustomBasemap) => void
}) {
  const { basemap, others } = props
  const form = useForm({
    initialValues: {
      name: basemap?.name ?? '',
      id: basemap?.id ?? '',
      type: (basemap?.type ?? 'xyz') as string,
      url: basemap?.url ?? '',
      scheme: (basemap?.scheme ?? 'light') as string,
      attribution: basemap?.attribution ?? '',
      otherOrigins: basemap?.otherOrigins ?? [],
    },
    validate: {
      name: (name) => (name.trim() === '' ? messages.nameMissing : null),
      id: (id) => {
        if (!ID.test(id)) return messages.basemapIdWrong
        return others.some((other) => other.id === id) ? messages.nameTaken : null
      },
      url: (url) => (url.trim() === '' ? messages.urlMissing : null),
    },
  })
  const type = BASEMAP_TYPES.find((candidate) => candidate === form.values.type) ?? 'xyz'
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={basemap === null ? messages.newBasemap : messages.editBasemap}
      size={520}
    >
      <DialogForm
        submit={messages.look}
        cancel={messages.cancel}
        onClose={props.onClose}
        onSubmit={form.onSubmit((values) =>
          props.onDone({
            id: values.id,
            name: values.name.trim(),
            scheme: SCHEMES.find((candidate) => candidate === values.scheme) ?? 'light',
            type,
            url: values.url.trim(),
            attribution: type === 'style' ? '' : values.attribution.trim(),
            otherOrigins: type === 'style' ? values.otherOrigins : [],
          }),
        )}
      >
        <TextInput data-autofocus label={messages.name} maxLength={60} {...form.getInputProps('name')} />
        <TextInput
          label={messages.basemapId}
          description={messages.basemapIdHelp}
          maxLength={40}
          {...form.getInputProps('id')}
        />
        <Select
          label={messages.type}
          allowDeselect={false}
          data={BASEMAP_TYPES.map((each) => ({ value: each, label: messages.types[each] }))}
          {...form.getInputProps('type')}
        />
        <TextInput
          label={messages.url}
          description={messages.urlHelp[type]}
          maxLength={2_000}
          {...form.getInputProps('url')}
        />
        {type === 'style' ? (
          <TagsInput
            label={messages.otherOrigins}
            description={messages.otherOriginsHelp}
            maxTags={10}
            size="xs"
            {...form.getInputProps('otherOrigins')}
          />
        ) : (
          <TextInput
            label={messages.attribution}
            description={messages.attributionHelp}
            maxLength={500}
            {...form.getInputProps('attribution')}
          />
        )}
        <Select
          label={messages.scheme}
          allowDeselect={false}
          data={SCHEMES.map((scheme) => ({ value: scheme, label: messages.schemes[scheme] }))}
          {...form.getInputProps('scheme')}
        />
      </DialogForm>
    </Modal>
  )
}
