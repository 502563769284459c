import { messages as shellMessages } from '../../shell/messages.ts'
import { useSession } from '../../shell/use-session.ts'
import { type MantineColorScheme, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '../../ui/index.ts'
import { AppAccessSection } from '../app-access/app-access-section.tsx'
import { SecondFactorSection } from '../second-factors/second-factor-section.tsx'
import { messages } from './messages.ts'
import { NameForm } from './name-form.tsx'
import { PasswordSection } from './password-section.tsx'
import classes from './settings.module.css'

/** Who one is here, and how the workspace looks. */
export function ProfileSettings() {
  const { user } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Stack gap="lg">
      <section>
        <Title order={2} mb="sm">
          {messages.profileTitle}
        </Title>
        <dl className={classes.facts}>
          <div className={classes.fact}>
            <dt>{messages.name}</dt>
            <dd>
              <NameForm name={user.name} />
            </dd>
          </div>
          <div className={classes.fact}>
            <dt>{messages.email}</dt>
            <dd>{user.email}</dd>
          </div>
          <div className={classes.fact}>
            <dt>{messages.role}</dt>
            <dd>
              {shellMessages.roles[user.role]}
              <Text size="xs" c="dimmed">
                {messages.roleHelp[user.role]}
              </Text>
            </dd>
          </div>
        </dl>
      </section>
      <PasswordSection />
      <SecondFactorSection />
      <AppAccessSection />
      <section>
        <Title order={2} mb="sm">
          {messages.appearanceTitle}
        </Title>
        <SegmentedControl
          aria-label={messages.colorScheme}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
          data={Object.entries(messages.colorSchemes).map(([value, label]) => ({ value, label }))}
        />
      </section>
    </Stack>
  )
}
