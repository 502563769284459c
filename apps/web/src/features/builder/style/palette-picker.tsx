import type { ColorRange, PaletteKind } from '@graticule/contract'
import { IconArrowsExchange, IconEyeCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { ActionIcon, Group, Popover, Stack, Switch, Text, Tooltip, UnstyledButton } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './palette-picker.module.css'
import {
  isFromPalette,
  isReversedRange,
  isSafePalette,
  PALETTES,
  type Palette,
  paletteColors,
  paletteOf,
} from './palettes.ts'

/** Chooses a palette from strips of its colours; the safe ones can be picked out. */
export function PalettePicker(props: {
  range: ColorRange
  kinds: readonly PaletteKind[]
  /** The palettes of the organization. */
  own: readonly Palette[]
  onChange: (palette: Palette) => void
  onReverse: () => void
}) {
  const [isOpen, setIsOpen] = useState(false)
  const [isOnlySafe, setIsOnlySafe] = useState(false)
  const steps = props.range.colors.length
  const isReversed = isReversedRange(props.range, props.own)
  const shownSteps = Math.min(steps, 7)
  const isOffered = (palette: Palette) => !isOnlySafe || isSafePalette(palette, shownSteps)
  const groups = [
    {
      title: messages.organizationPalettes,
      palettes: props.kinds.flatMap((kind) => props.own.filter((palette) => palette.kind === kind)).filter(isOffered),
    },
    ...props.kinds.map((kind) => ({
      title: messages.paletteKinds[kind],
      palettes: PALETTES.filter((palette) => palette.kind === kind && isOffered(palette)),
    })),
  ]
  return (
    <Group gap={4} wrap="nowrap">
      <Popover opened={isOpen} onChange={setIsOpen} width={264} position="bottom-start" trapFocus withinPortal>
        <Popover.Target>
          <UnstyledButton
            className={classes.current}
            aria-label={`${messages.palette}: ${props.range.name}`}
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Strip colors={props.range.colors} />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          <div className={classes.filter}>
            <Switch
              label={messages.onlySafe}
              checked={isOnlySafe}
              onChange={(event) => setIsOnlySafe(event.currentTarget.checked)}
            />
          </div>
          <div className={classes.list}>
            {groups.every((group) => group.palettes.length === 0) && (
              <Text c="dimmed" p={12}>
                {messages.noPalette}
              </Text>
            )}
            {groups.map(({ title, palettes }) =>
              palettes.length === 0 ? null : (
                <Stack key={title} gap={2}>
                  <Text size="xs" c="dimmed" px={8} pt={8}>
                    {title}
                  </Text>
                  {palettes.map((palette) => (
                    <UnstyledButton
                      key={palette.name}
                      className={classes.option}
                      aria-pressed={isFromPalette(props.range, palette)}
                      onClick={() => {
                        props.onChange(palette)
                        setIsOpen(false)
                      }}
                    >
                      <Strip colors={paletteColors(palette, Math.min(steps, 12), isReversed)} />
                      <span className={classes.name}>{palette.name.replace('_', ' ')}</span>
                      {isSafePalette(palette, shownSteps) && (
                        <IconEyeCheck size={14} role="img" aria-label={messages.safe} />
                      )}
                    </UnstyledButton>
                  ))}
                </Stack>
              ),
            )}
          </div>
        </Popover.Dropdown>
      </Popover>
      {isFromPalette(props.range, paletteOf(props.range, props.own)) && (
        <Tooltip label={messages.reverse}>
          <ActionIcon aria-label={messages.reverse} aria-pressed={isReversed} onClick={props.onReverse}>
            <IconArrowsExchange size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
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
