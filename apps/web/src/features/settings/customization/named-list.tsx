import { IconPencil, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ActionIcon, Button, Text, Title, Tooltip } from '../../../ui/index.ts'
import classes from './customization.module.css'
import { messages } from './messages.ts'

interface NamedListProps<Item> {
  readonly title: string
  readonly intro: string
  readonly empty: string
  readonly add: string
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  /** What stands before the name, what stands below it. */
  readonly renderMark?: (item: Item) => ReactNode
  readonly describe: (item: Item) => ReactNode
  /** The dialog that makes one, or changes the one that is given; the others' names are taken. */
  readonly renderDialog: (dialog: {
    readonly item: Item | null
    readonly others: readonly Item[]
    readonly onClose: () => void
    readonly onDone: (item: Item) => void
  }) => ReactNode
  /** Called with the list as it is to be, which is looked at before it is made so. */
  readonly onPlan: (next: Item[]) => void
}

/** Things of one kind that the organization has by name: added, changed and deleted one at a time. */
export function NamedList<Item extends { readonly name: string }>(props: NamedListProps<Item>) {
  const { items, keyOf, onPlan } = props
  // Undefined while the dialog is closed, null for a new one.
  const [edited, setEdited] = useState<Item | null | undefined>(undefined)
  const isEdited = (item: Item) => edited != null && keyOf(item) === keyOf(edited)
  return (
    <section>
      <Title order={2}>{props.title}</Title>
      <Text c="dimmed" mb="sm" maw={640}>
        {props.intro}
      </Text>
      {items.length === 0 ? (
        <Text mb="sm">{props.empty}</Text>
      ) : (
        <ul className={classes.list} aria-label={props.title}>
          {items.map((item) => (
            <li key={keyOf(item)}>
              {props.renderMark?.(item)}
              <div className={classes.itemText}>
                <Text>{item.name}</Text>
                <Text size="xs" c="dimmed">
                  {props.describe(item)}
                </Text>
              </div>
              <Tooltip label={messages.edit(item.name)}>
                <ActionIcon aria-label={messages.edit(item.name)} onClick={() => setEdited(item)}>
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={messages.remove(item.name)}>
                <ActionIcon
                  aria-label={messages.remove(item.name)}
                  onClick={() => onPlan(items.filter((other) => other !== item))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <Button variant="default" onClick={() => setEdited(null)}>
        {props.add}
      </Button>
      {edited !== undefined &&
        props.renderDialog({
          item: edited,
          others: items.filter((item) => !isEdited(item)),
          onClose: () => setEdited(undefined),
          onDone: (item) => {
            setEdited(undefined)
            onPlan(edited === null ? [...items, item] : items.map((each) => (isEdited(each) ? item : each)))
          },
        })}
    </section>
  )
}
