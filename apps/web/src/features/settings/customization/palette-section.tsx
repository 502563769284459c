import { type CustomPalette, PALETTE_KINDS } from '@graticule/contract'
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
  Text,
  Textarea,
  TextInput,
  Title,
  Tooltip,
  useForm,
} from '../../../ui/index.ts'
import classes from './customization.module.css'
import { messages } from './messages.ts'
import { joinColors, splitColors } from './split-colors.ts'

/** The palettes that Builder offers beside CARTOColors. */
export function PaletteSection(props: { palettes: readonly CustomPalette[]; onPlan: (text: string) => void }) {
  const { palettes } = props
  // Undefined while the dialog is closed, null for a new palette.
  const [edited, setEdited] = useState<CustomPalette | null | undefined>(undefined)
  const plan = (next: CustomPalette[]) => props.onPlan(documentOf('palettes', next))
  return (
    <section>
      <Title order={2}>{messages.palettesTitle}</Title>
      <Text c="dimmed" mb="sm">
        {messages.palettesIntro}
      </Text>
      {palettes.length === 0 ? (
        <Text mb="sm">{messages.noPalettes}</Text>
      ) : (
        <ul className={classes.list} aria-label={messages.palettesTitle}>
          {palettes.map((palette) => (
            <li key={palette.name}>
              <Strip colors={palette.colors} />
              <div className={classes.itemText}>
                <Text>{palette.name}</Text>
                <Text size="xs" c="dimmed">
                  {messages.kinds[palette.kind]}
                </Text>
              </div>
              <Tooltip label={messages.edit(palette.name)}>
                <ActionIcon aria-label={messages.edit(palette.name)} onClick={() => setEdited(palette)}>
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={messages.remove(palette.name)}>
                <ActionIcon
                  aria-label={messages.remove(palette.name)}
                  onClick={() => plan(palettes.filter((other) => other !== palette))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <Button variant="default" onClick={() => setEdited(null)}>
        {messages.newPalette}
      </Button>
      {edited !== undefined && (
        <PaletteDialog
          palette={edited}
          others={palettes.filter((other) => other !== edited)}
          onClose={() => setEdited(undefined)}
          onDone={(palette) => {
            setEdited(undefined)
            plan(edited === null ? [...palettes, palette] : palettes.map((each) => (each === edited ? palette : each)))
          }}
        />
      )}
    </section>
  )
}

function PaletteDialog(props: {
  palette: CustomPalette | null
  others: readonly CustomPalette[]
  onClose: () => void
  onDone: (palette: CustomPalette) => void
}) {
  const { palette, others } = props
  const form = useForm({
    initialValues: {
      name: palette?.name ?? '',
      kind: (palette?.kind ?? 'sequential') as string,
      colors: joinColors(palette?.colors ?? []),
    },
    validate: {
      name: (name) => {
        if (name.trim() === '') return messages.nameMissing
        const isTaken = others.some((other) => other.name.toLowerCase() === name.trim().toLowerCase())
        return isTaken ? messages.nameTaken : null
      },
      colors: (text) => (splitColors(text) === null ? messages.paletteColorsWrong : null),
    },
  })
  return (
    <Modal opened onClose={props.onClose} title={palette === null ? messages.newPalette : messages.editPalette}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ name, kind, colors }) => {
          const found = PALETTE_KINDS.find((candidate) => candidate === kind) ?? 'sequential'
          props.onDone({ name: name.trim(), kind: found, colors: splitColors(colors) ?? [] })
        })}
      >
        <Stack gap="md">
          <TextInput data-autofocus label={messages.name} maxLength={60} {...form.getInputProps('name')} />
          <Select
            label={messages.kind}
            allowDeselect={false}
            data={PALETTE_KINDS.map((kind) => ({ value: kind, label: messages.kinds[kind] }))}
            {...form.getInputProps('kind')}
          />
          <Textarea
            label={messages.paletteColors}
            description={messages.paletteColorsHelp}
            rows={4}
            spellCheck={false}
            {...form.getInputProps('colors')}
          />
          <Strip colors={splitColors(form.values.colors) ?? []} />
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

function Strip({ colors }: { colors: readonly string[] }) {
  return (
    <span className={classes.strip} aria-hidden>
      {Array.from(colors.entries(), ([position, color]) => (
        <span key={position} style={{ background: color }} />
      ))}
    </span>
  )
}
