import { type CustomPalette, PALETTE_KINDS } from '@graticule/contract'
import { documentOf } from '../../../api/settings-document.ts'
import { DialogForm, Modal, Select, Textarea, TextInput, useForm } from '../../../ui/index.ts'
import classes from './customization.module.css'
import { messages } from './messages.ts'
import { NamedList } from './named-list.tsx'
import { joinColors, splitColors } from './split-colors.ts'

/** The palettes that Builder offers beside CARTOColors. */
export function PaletteSection(props: { palettes: readonly CustomPalette[]; onPlan: (text: string) => void }) {
  return (
    <NamedList
      title={messages.palettesTitle}
      intro={messages.palettesIntro}
      empty={messages.noPalettes}
      add={messages.newPalette}
      items={props.palettes}
      keyOf={({ name }) => name}
      renderMark={({ colors }) => <Strip colors={colors} />}
      describe={({ kind }) => messages.kinds[kind]}
      renderDialog={({ item, ...dialog }) => <PaletteDialog palette={item} {...dialog} />}
      onPlan={(next) => props.onPlan(documentOf('palettes', next))}
    />
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
      <DialogForm
        submit={messages.look}
        cancel={messages.cancel}
        onClose={props.onClose}
        onSubmit={form.onSubmit(({ name, kind, colors }) => {
          const found = PALETTE_KINDS.find((candidate) => candidate === kind) ?? 'sequential'
          props.onDone({ name: name.trim(), kind: found, colors: splitColors(colors) ?? [] })
        })}
      >
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
      </DialogForm>
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
