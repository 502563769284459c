import { SHAREABLE_ASSET_KINDS } from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { IconDownload } from '@tabler/icons-react'
import { Button, Select } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './report.module.css'

/** Narrows a report to one kind of asset. */
export function KindFilter(props: {
  kind: ShareableKind | undefined
  onChange: (kind: ShareableKind | undefined) => void
}) {
  return (
    <Select
      aria-label={messages.kindFilter}
      w={150}
      allowDeselect={false}
      value={props.kind ?? ''}
      data={[
        { value: '', label: messages.allKinds },
        ...SHAREABLE_ASSET_KINDS.map((kind) => ({ value: kind, label: messages.kinds[kind] })),
      ]}
      onChange={(value) => props.onChange(SHAREABLE_ASSET_KINDS.find((kind) => kind === value))}
    />
  )
}

/** Leads to the same report, whole, as a file. */
export function DownloadReport({ file }: { file: string }) {
  return (
    <Button
      className={classes.download}
      variant="default"
      leftSection={<IconDownload size={16} stroke={1.6} />}
      renderRoot={(button) => (
        <a href={file} download {...button}>
          {button.children}
        </a>
      )}
    >
      {messages.download}
    </Button>
  )
}

/** What an asset is called in a report, where it may be one that the asker may not open. */
export function nameOfAsset({ kind, name }: { readonly kind: ShareableKind; readonly name: string | null }): string {
  return name ?? messages.unnamed(messages.kind[kind].toLowerCase())
}
