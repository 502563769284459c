import { type NetworkTryBody, OUTBOUND_PURPOSES } from '@graticule/contract'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { tryHost } from '../../../api/network.ts'
import { Alert, Button, FormError, Group, NumberInput, Select, Stack, TextInput } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

const PORTS: Readonly<Record<NetworkTryBody['purpose'], number>> = { warehouse: 5432, 'identity-provider': 443 }

/** Asks what is decided about any host, and shows the sentence. */
export function TryHostForm() {
  const [host, setHost] = useState('')
  const [purpose, setPurpose] = useState<NetworkTryBody['purpose']>('warehouse')
  const [port, setPort] = useState<number | string>(PORTS.warehouse)
  const trial = useMutation({ mutationFn: tryHost })
  const found = trial.data
  return (
    <form
      noValidate
      className={classes.panel}
      onSubmit={(event) => {
        event.preventDefault()
        if (host.trim() !== '') trial.mutate({ host: host.trim(), port: Number(port) || 0, purpose })
      }}
    >
      <Stack gap="md">
        <Group gap="sm" align="flex-end" wrap="wrap">
          <TextInput
            label={messages.host}
            value={host}
            placeholder="db.example.org"
            style={{ flex: '1 1 220px' }}
            onChange={(event) => setHost(event.currentTarget.value)}
          />
          <NumberInput
            label={messages.port}
            value={port}
            min={0}
            max={65_535}
            allowDecimal={false}
            hideControls
            w={90}
            onChange={setPort}
          />
          <Select
            label={messages.purpose}
            value={purpose}
            w={140}
            allowDeselect={false}
            data={OUTBOUND_PURPOSES.map((value) => ({ value, label: messages.purposes[value] }))}
            onChange={(value) => {
              const chosen = OUTBOUND_PURPOSES.find((candidate) => candidate === value) ?? 'warehouse'
              setPurpose(chosen)
              setPort(PORTS[chosen])
            }}
          />
          <Button type="submit" disabled={host.trim() === ''} loading={trial.isPending}>
            {messages.try}
          </Button>
        </Group>
        <FormError error={trial.error} title={messages.tryFailed} />
        {found && (
          <Alert
            role="status"
            color={found.allowed ? 'accent' : 'red'}
            title={found.allowed ? messages.wouldReach : messages.wouldNotReach}
          >
            {found.reason}
          </Alert>
        )}
      </Stack>
    </form>
  )
}
