import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Button, FormError, Group, Modal, QueryView, Skeleton, Stack } from '../../../ui/index.ts'
import { messages } from './messages.ts'

interface PlanFrameProps<Plan> {
  readonly title: string
  readonly query: UseQueryResult<Plan>
  readonly queryKey: readonly unknown[]
  readonly awaiting: string
  readonly children: (plan: Plan) => ReactNode
  /** What went wrong with saving. */
  readonly error: unknown
  readonly failed: string
  readonly save: {
    readonly label: string
    readonly isPossible: (plan: Plan) => boolean
    readonly isPending: boolean
    readonly run: (plan: Plan) => void
  }
  readonly onClose: () => void
}

/** The dialog that every change of settings goes through: what it would do, and the button that does just that. */
export function PlanFrame<Plan>(props: PlanFrameProps<Plan>) {
  const { query, save, onClose } = props
  // The dialog is there only while it is open, so the component cannot know who opened it.
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
    },
    [opener],
  )
  const plan = query.data
  return (
    <Modal opened onClose={onClose} title={props.title} size={560}>
      <Stack gap="md">
        <QueryView
          query={query}
          queryKey={props.queryKey}
          awaiting={props.awaiting}
          skeleton={<Skeleton height={120} />}
        >
          {props.children}
        </QueryView>
        <FormError error={props.error} title={props.failed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button
            disabled={plan === undefined || !save.isPossible(plan)}
            loading={save.isPending}
            onClick={() => plan !== undefined && save.run(plan)}
          >
            {save.label}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
