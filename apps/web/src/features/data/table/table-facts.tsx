import type { SourceDescription, SpatialColumn } from '@graticule/contract'
import type { CatalogSource } from '../../../api/catalog.ts'
import { Button, Select, Tooltip, useDisclosure } from '../../../ui/index.ts'
import { formatBytes, formatWhole } from '../format-quantity.ts'
import { messages } from '../messages.ts'
import { ChooseSpatialDialog } from './choose-spatial-dialog.tsx'
import classes from './table.module.css'

/** What is known of a table at a glance, and the choice of what to draw it from when there is one. */
export function TableFacts(props: {
  source: CatalogSource
  description: SourceDescription
  spatial: SpatialColumn | null
  onChooseSpatial: (spatialDataColumn: string) => void
}) {
  const { description, source, spatial } = props
  const [isChoosing, choosing] = useDisclosure(false)
  const { spatialColumns } = description
  const forms = spatial && !spatialColumns.includes(spatial) ? [...spatialColumns, spatial] : spatialColumns
  return (
    <div className={classes.facts}>
      {description.rowEstimate !== null && (
        <Tooltip label={messages.rowsTooltip}>
          <span className="tabular">{messages.rowsEstimated(formatWhole(description.rowEstimate))}</span>
        </Tooltip>
      )}
      {description.sizeBytes !== null && (
        <span className="tabular">{messages.size(formatBytes(description.sizeBytes))}</span>
      )}
      <span>{messages.columnCount(description.columns.length)}</span>
      {spatial ? (
        <SpatialFacts spatial={spatial} />
      ) : (
        <Tooltip label={messages.noGeometryHelp} multiline maw={320}>
          <span>{messages.noGeometry}</span>
        </Tooltip>
      )}
      {forms.length > 1 && spatial && (
        <Select
          aria-label={messages.spatialForm}
          w={260}
          allowDeselect={false}
          value={spatial.spatialDataColumn}
          data={forms.map((form) => ({
            value: form.spatialDataColumn,
            label: `${messages.spatialForm} ${form.columns.join(', ')} (${messages.encodings[form.encoding]})`,
          }))}
          onChange={(chosen) => chosen && props.onChooseSpatial(chosen)}
        />
      )}
      {/* Its words, not its edge, stand in line with the facts. */}
      <Button variant="subtle" size="compact-xs" mx={-8} onClick={choosing.open}>
        {messages.chooseSpatial}
      </Button>
      <ChooseSpatialDialog
        opened={isChoosing}
        source={source}
        description={description}
        drawnBy={spatial?.spatialDataColumn}
        onChoose={props.onChooseSpatial}
        onClose={choosing.close}
      />
    </div>
  )
}

function SpatialFacts({ spatial }: { spatial: SpatialColumn }) {
  const srid = spatial.srid === 0 ? messages.sridUnknown : `EPSG:${spatial.srid}`
  return (
    <>
      <span>
        {spatial.geometryType ?? messages.geometryUnknown} · {spatial.columns.join(', ')} (
        {messages.encodings[spatial.encoding]}) · {srid}
      </span>
      {spatial.hasSpatialIndex ? (
        <span>{messages.indexed}</span>
      ) : (
        <span className={classes.warning}>{messages.notIndexed}</span>
      )}
    </>
  )
}
