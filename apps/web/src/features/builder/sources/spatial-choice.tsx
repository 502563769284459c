import type { SpatialColumn } from '@graticule/contract'
import { Button, Group, Radio, Select, Stack, Text, useDisclosure } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import type { SpatialChoiceState } from './use-spatial-choice.ts'

/** What can be drawn of a table or of a query's answer: what was detected, or columns that the person names. */
export function SpatialChoice(props: {
  choice: SpatialChoiceState
  /** Tables can have a spatial index; of a query's answer nothing is said about one. */
  isTable: boolean
  /** Whether naming columns by hand is offered at once, also beside detected ways. */
  offersColumns?: boolean
}) {
  const { choice, isTable } = props
  const { detected, numbers, encoded, picked, pick } = choice
  const [isOpen, { open }] = useDisclosure(props.offersColumns ?? false)
  // What was pressed is gone then, so the first of what it opened takes the focus.
  const wasOpened = isOpen && !props.offersColumns
  const offersColumns = isOpen || detected.length === 0 || picked.kind !== 'detected'
  return (
    <Radio.Group
      label={messages.detected}
      value={picked.kind === 'detected' ? `detected:${picked.name}` : picked.kind}
      onChange={(value) => {
        if (value === 'pair') pick({ kind: 'pair', longitude: null, latitude: null })
        else if (value === 'column') pick({ kind: 'column', column: null })
        else pick({ kind: 'detected', name: value.slice('detected:'.length) })
      }}
    >
      <Stack gap={8} mt={6}>
        {detected.map((each) => (
          <Radio
            key={each.spatialDataColumn}
            value={`detected:${each.spatialDataColumn}`}
            label={each.columns.join(', ')}
            description={describeSpatial(each, isTable)}
          />
        ))}
        {offersColumns && numbers.length > 1 && (
          <Radio value="pair" autoFocus={wasOpened} label={messages.choosePair} description={messages.choosePairHelp} />
        )}
        {picked.kind === 'pair' && (
          <Group gap={8} ml={28} grow wrap="nowrap" align="flex-start">
            <Select
              label={messages.longitude}
              data={numbers.filter((name) => name !== picked.latitude)}
              value={picked.longitude}
              searchable={numbers.length > 8}
              onChange={(longitude) => pick({ ...picked, longitude })}
            />
            <Select
              label={messages.latitude}
              data={numbers.filter((name) => name !== picked.longitude)}
              value={picked.latitude}
              searchable={numbers.length > 8}
              onChange={(latitude) => pick({ ...picked, latitude })}
            />
          </Group>
        )}
        {offersColumns && encoded.length > 0 && (
          <Radio
            value="column"
            autoFocus={wasOpened && numbers.length < 2}
            label={messages.chooseColumn}
            description={messages.chooseColumnHelp}
          />
        )}
        {picked.kind === 'column' && (
          <Select
            ml={28}
            label={messages.geometryColumn}
            data={[...encoded]}
            value={picked.column}
            searchable={encoded.length > 8}
            onChange={(column) => pick({ ...picked, column })}
          />
        )}
        {!offersColumns && (numbers.length > 1 || encoded.length > 0) && (
          <Button variant="subtle" size="compact-xs" style={{ alignSelf: 'flex-start' }} onClick={open}>
            {messages.chooseByHand}
          </Button>
        )}
        {picked.kind !== 'detected' && <Verdict choice={choice} isTable={isTable} />}
      </Stack>
    </Radio.Group>
  )
}

/** What the warehouse says of columns that were named by hand. */
function Verdict({ choice, isTable }: { choice: SpatialChoiceState; isTable: boolean }) {
  const { spatial, isLooking, failure } = choice
  if (failure) {
    return (
      <Text size="xs" c="var(--mantine-color-error)" ml={28} role="alert">
        {failure}
      </Text>
    )
  }
  return (
    <Text size="xs" c="dimmed" ml={28} role="status">
      {isLooking ? messages.looking : spatial && describeSpatial(spatial, isTable)}
    </Text>
  )
}

function describeSpatial(spatial: SpatialColumn, isTable: boolean): string {
  return [
    messages.encodings[spatial.encoding],
    spatial.geometryType ?? messages.mixed,
    spatial.encoding === 'lonlat' ? null : messages.srid(spatial.srid),
    isTable && (spatial.hasSpatialIndex ? messages.indexed : messages.notIndexed),
  ]
    .filter(Boolean)
    .join(' · ')
}
