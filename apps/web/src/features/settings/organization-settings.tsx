import { useSession } from '../../shell/use-session.ts'
import { CopyIconButton, Group, Text, Title } from '../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './settings.module.css'

/** The organization that one is signed in to. */
export function OrganizationSettings() {
  const { organization, demo } = useSession()
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.organizationTitle}
      </Title>
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>{messages.name}</dt>
          <dd>{organization.name}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{messages.organizationId}</dt>
          <dd>
            <Group gap={4}>
              <Text ff="monospace">{organization.id}</Text>
              <CopyIconButton value={organization.id} label={messages.copyId} />
            </Group>
          </dd>
        </div>
      </dl>
      {demo && (
        <Text c="dimmed" mt="sm" maw={640}>
          {messages.demoNote}
        </Text>
      )}
    </section>
  )
}
