import type { MapDetail } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { mapQuery } from '../../api/maps.ts'
import { setSharing, sharingQuery } from '../../api/sharing.ts'
import { Button, Collapse, FormError, Group, notifications, Stack, useDisclosure } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { NO_PUBLICATION, PublicationFields, toPublication, usePublicationCheck } from './publication-fields.tsx'

/** With which logins a map that is public is read, and the way to choose others. */
export function PublicationSettings({ map }: { map: MapDetail }) {
  const queryClient = useQueryClient()
  const [isOpen, { toggle }] = useDisclosure(false)
  const [draft, setDraft] = useState(NO_PUBLICATION)
  const { isReady, query } = usePublicationCheck(map.id, draft, isOpen)
  const isChanged = Object.keys(draft.logins).length > 0
  const asset = { kind: 'map', id: map.id } as const
  const save = useMutation({
    mutationFn: () => setSharing(asset, { privacy: 'public', publication: toPublication(draft, query.data) }),
    onError: () => void queryClient.invalidateQueries({ queryKey: ['publication-check', map.id] }),
    onSuccess: async (changed) => {
      queryClient.setQueryData(sharingQuery(asset).queryKey, changed)
      setDraft(NO_PUBLICATION)
      notifications.show({ message: messages.applied })
      await queryClient.invalidateQueries({ queryKey: mapQuery(map.id).queryKey })
    },
  })
  return (
    <Stack gap="xs">
      <div>
        <Button variant="subtle" size="compact-sm" ml={-8} aria-expanded={isOpen} onClick={toggle}>
          {messages.link}
        </Button>
      </div>
      <Collapse expanded={isOpen}>
        {isOpen && (
          <Stack gap="sm">
            <PublicationFields
              draft={draft}
              query={query}
              asksReason={isChanged}
              onChange={(changed) => {
                save.reset()
                setDraft(changed)
              }}
            />
            <FormError error={save.error} />
            {isChanged && (
              <Group justify="flex-end">
                <Button loading={save.isPending} disabled={!isReady} onClick={() => save.mutate()}>
                  {messages.apply}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Collapse>
    </Stack>
  )
}
