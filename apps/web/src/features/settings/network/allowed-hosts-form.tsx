import type { NetworkSettings } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { networkQuery, planNetwork, saveNetwork } from '../../../api/network.ts'
import { Button, Group, notifications, Radio, Stack, Text, Textarea } from '../../../ui/index.ts'
import { ChangePlanDialog } from '../plan/organization-plan-dialog.tsx'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

/** The list of hosts, or that there is none. */
export function AllowedHostsForm({ settings }: { settings: NetworkSettings }) {
  const { allowedHosts, ceiling, egress, revision } = settings
  const queryClient = useQueryClient()
  const [isListed, setListed] = useState(allowedHosts !== null)
  const [text, setText] = useState((allowedHosts ?? []).join('\n'))
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const next = isListed ? lines : null
  const isChanged = JSON.stringify(next) !== JSON.stringify(allowedHosts)
  const missing = egress.map(({ host, port }) => `${host}:${port}`).filter((line) => !lines.includes(line))
  // The list that is looked at before it is saved.
  const [planned, setPlanned] = useState<{ readonly allowedHosts: string[] | null } | null>(null)
  return (
    <form
      noValidate
      className={classes.panel}
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) setPlanned({ allowedHosts: next })
      }}
    >
      <Stack gap="md">
        <Radio.Group
          aria-label={messages.modeLabel}
          value={isListed ? 'listed' : 'any'}
          onChange={(value) => setListed(value === 'listed')}
        >
          <Stack gap="xs">
            <Radio value="any" label={messages.modes.any} />
            <Radio value="listed" label={messages.modes.listed} />
          </Stack>
        </Radio.Group>
        {isListed && (
          <>
            <Textarea
              label={messages.hosts}
              description={messages.hostsHelp}
              placeholder={messages.hostsPlaceholder}
              autosize
              minRows={4}
              maxRows={16}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            {missing.length > 0 && (
              <Group>
                <Button variant="default" onClick={() => setText([...lines, ...missing].join('\n'))}>
                  {messages.addUsed}
                </Button>
              </Group>
            )}
          </>
        )}
        <Text size="sm" c="dimmed">
          {ceiling.outboundHosts !== null && `${messages.ceiling.list(ceiling.outboundHosts.join(', '))} `}
          {ceiling.isPrivateOpen ? messages.ceiling.privateOpen : messages.ceiling.privateClosed}{' '}
          {ceiling.isLoopbackOpen && `${messages.ceiling.loopbackOpen} `}
          {messages.ceiling.always}
        </Text>
        <Group gap="xs">
          <Button type="submit" disabled={!isChanged}>
            {messages.save}
          </Button>
          {isChanged && (
            <Button
              variant="default"
              onClick={() => {
                setListed(allowedHosts !== null)
                setText((allowedHosts ?? []).join('\n'))
              }}
            >
              {messages.discard}
            </Button>
          )}
        </Group>
      </Stack>
      {planned !== null && (
        <ChangePlanDialog
          queryKey={['network-plan', planned]}
          plan={(signal) => planNetwork(planned, signal)}
          save={async (planVersion) => {
            const saved = await saveNetwork({ revision, ...planned, planVersion })
            queryClient.setQueryData(networkQuery.queryKey, saved)
            notifications.show({ message: messages.saved })
          }}
          onClose={() => setPlanned(null)}
        />
      )}
    </form>
  )
}
