import type { SourceDescription } from '@graticule/contract'
import type { CatalogSource } from '../../../api/catalog.ts'
import { Button, Group, Modal, Stack } from '../../../ui/index.ts'
import { SpatialChoice } from '../../builder/sources/spatial-choice.tsx'
import { useSpatialChoice } from '../../builder/sources/use-spatial-choice.ts'
import { messages } from '../messages.ts'

interface Choosing {
  readonly source: CatalogSource
  readonly description: SourceDescription
  /** The `spatialDataColumn` that the table is drawn by now. */
  readonly drawnBy: string | undefined
  readonly onChoose: (spatialDataColumn: string) => void
  readonly onClose: () => void
}

/** Asks what to draw the table by: what was detected, or columns that the person names. */
export function ChooseSpatialDialog({ opened, ...choosing }: Choosing & { readonly opened: boolean }) {
  return (
    <Modal opened={opened} onClose={choosing.onClose} title={messages.chooseSpatialTitle}>
      <ChooseSpatial {...choosing} />
    </Modal>
  )
}

function ChooseSpatial({ source, description, drawnBy, onChoose, onClose }: Choosing) {
  const choice = useSpatialChoice(source, description, drawnBy)
  const { spatial } = choice
  return (
    <Stack gap={16}>
      <SpatialChoice choice={choice} isTable offersColumns />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {messages.cancel}
        </Button>
        <Button
          disabled={!spatial}
          onClick={() => {
            if (spatial) onChoose(spatial.spatialDataColumn)
            onClose()
          }}
        >
          {messages.chooseSpatialDone}
        </Button>
      </Group>
    </Stack>
  )
}
