import type { ReactNode } from 'react'
import { Button, Group, Text, Title } from '../../../ui/index.ts'
import settingsClasses from '../settings.module.css'
import { messages } from './messages.ts'
import classes from './quotas.module.css'

interface LimitsFormProps {
  readonly title: string
  readonly intro: string
  readonly isEditable: boolean
  readonly isChanged: boolean
  readonly onReview: () => void
  readonly onDiscard: () => void
  readonly footnote?: ReactNode
  /** The quotas, as list items. */
  readonly children: ReactNode
}

/** Quotas that are changed together, after a look at what follows. */
export function LimitsForm(props: LimitsFormProps) {
  return (
    <section>
      <Title order={2}>{props.title}</Title>
      <Text c="dimmed" mb="sm" maw={640}>
        {props.intro}
      </Text>
      <form
        className={settingsClasses.panel}
        aria-label={props.title}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (props.isChanged) props.onReview()
        }}
      >
        <ul className={classes.rows}>{props.children}</ul>
        {props.isEditable && (
          <Group mt="md" gap="xs">
            <Button type="submit" disabled={!props.isChanged}>
              {messages.look}
            </Button>
            {props.isChanged && (
              <Button variant="default" onClick={props.onDiscard}>
                {messages.discard}
              </Button>
            )}
          </Group>
        )}
        {props.footnote}
      </form>
    </section>
  )
}
