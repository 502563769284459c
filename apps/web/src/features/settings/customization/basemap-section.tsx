import { BASEMAP_TYPES, type CustomBasemap } from '@graticule/contract'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { documentOf } from '../../../api/settings-document.ts'
import {
  ActionIcon,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
  Tooltip,
  useForm,
} from '../../../ui/index.ts'
import classes from './customization.module.css'
import { messages } from './messages.ts'

const SCHEMES = ['light', 'dark'] as const
const ID = /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/

/** The basemaps that Builder offers beside those that come with the server. */
export function BasemapSection(props: { basemaps: readonly CustomBasemap[]; onPlan: (text: string) => void }) {
  const { basemaps } = props
  // Undefined while the dialog is closed, null for a new basemap.
  const [edited, setEdited] = useState<CustomBasemap | null | undefined>(undefined)
  const plan = (next: CustomBasemap[]) => props.onPlan(documentOf('basemaps', next))
  return (
    <section>
      <Title order={2}>{messages.basemapsTitle}</Title>
      <Text c="dimmed" mb="sm" maw={640}>
        {messages.basemapsIntro}
      </Text>
      {basemaps.length === 0 ? (
        <Text mb="sm">{messages.noBasemaps}</Text>
      ) : (
        <ul className={classes.list} aria-label={messages.basemapsTitle}>
          {basemaps.map((basemap) => (
            <li key={basemap.id}>
              <div className={classes.itemText}>
                <Text>{basemap.name}</Text>
                <Text size="xs" c="dimmed">
                  {messages.types[basemap.type]} · {basemap.url}
                </Text>
              </div>
              <Tooltip label={messages.edit(basemap.name)}>
                <ActionIcon aria-label={messages.edit(basemap.name)} onClick={() => setEdited(basemap)}>
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={messages.remove(basemap.name)}>
                <ActionIcon
                  aria-label={messages.remove(basemap.name)}
                  onClick={() => plan(basemaps.filter((other) => other !== basemap))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <Button variant="default" onClick={() => setEdited(null)}>
        {messages.newBasemap}
      </Button>
      {edited !== undefined && (
        <BasemapDialog
          basemap={edited}
          others={basemaps.filter((other) => other !== edited)}
          onClose={() => setEdited(undefined)}
          onDone={(basemap) => {
            setEdited(undefined)
            plan(edited === null ? [...basemaps, basemap] : basemaps.map((each) => (each === edited ? basemap : each)))
          }}
        />
      )}
    </section>
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
      <form
        noValidate
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
        <Stack gap="md">
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
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit">{messages.look}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
