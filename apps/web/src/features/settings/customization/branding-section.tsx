import { BRAND_COLORS, type Branding, PICTURE_TYPES } from '@graticule/contract'
import { findBrandingProblems } from '@graticule/policy'
import { useState } from 'react'
import { documentOf } from '../../../api/settings-document.ts'
import { useSession } from '../../../shell/use-session.ts'
import { Alert, BrandMark, Button, ColorInput, FileButton, Group, Stack, Text, Title } from '../../../ui/index.ts'
import settingsClasses from '../settings.module.css'
import classes from './customization.module.css'
import { messages } from './messages.ts'
import { readLogo } from './read-logo.ts'

const AS_IT_COMES: Branding = { logo: null, primaryColor: null, secondaryColor: null, appBarColor: null }

/** The logo and the colours of the organization. */
export function BrandingSection({ branding, onPlan }: { branding: Branding; onPlan: (text: string) => void }) {
  const { organization } = useSession()
  const [draft, setDraft] = useState(branding)
  const [logoProblem, setLogoProblem] = useState<string | null>(null)
  const problems = findBrandingProblems(draft)
  const isBranded = Object.values(branding).some((value) => value !== null)
  const isChanged = JSON.stringify(draft) !== JSON.stringify(branding)
  const choose = async (file: File | null) => {
    if (file === null) return
    const read = await readLogo(file)
    setLogoProblem('problem' in read ? read.problem : null)
    if ('url' in read) setDraft((before) => ({ ...before, logo: read.url }))
  }
  const logoUrl = draft.logo?.startsWith('data:')
    ? draft.logo
    : draft.logo && `/branding/${organization.id}/${draft.logo}`
  return (
    <section>
      <Title order={2}>{messages.brandingTitle}</Title>
      <Text c="dimmed" mb="sm">
        {messages.brandingIntro}
      </Text>
      <div className={settingsClasses.panel}>
        <Stack gap="md">
          <div>
            <Text fw={500} mb={4}>
              {messages.logo}
            </Text>
            <Group gap="sm">
              {logoUrl ? (
                <img className={classes.logo} src={logoUrl} alt={messages.logo} />
              ) : (
                <span role="img" aria-label={messages.logoNone}>
                  <BrandMark size={56} />
                </span>
              )}
              <FileButton accept={PICTURE_TYPES.join(',')} onChange={(file) => void choose(file)}>
                {(props) => (
                  <Button variant="default" {...props}>
                    {messages.chooseLogo}
                  </Button>
                )}
              </FileButton>
              {draft.logo !== null && (
                <Button variant="subtle" onClick={() => setDraft({ ...draft, logo: null })}>
                  {messages.removeLogo}
                </Button>
              )}
            </Group>
            <Text size="xs" c={logoProblem === null ? 'dimmed' : 'var(--mantine-color-error)'} mt={4} role="status">
              {logoProblem ?? messages.logoHelp}
            </Text>
          </div>
          <div className={classes.colors}>
            {BRAND_COLORS.map((name) => (
              <ColorInput
                key={name}
                label={messages.colors[name]}
                description={messages.colorHelp[name]}
                placeholder={messages.asItComes}
                format="hex"
                // What is half written stays, and is said to be: mending it by ourselves would take another colour.
                fixOnBlur={false}
                eyeDropperButtonProps={{ 'aria-label': messages.pickFromScreen }}
                value={draft[name] ?? ''}
                onChange={(color) => setDraft((before) => ({ ...before, [name]: color === '' ? null : color }))}
              />
            ))}
          </div>
          {problems.length > 0 && (
            <Alert color="yellow" role="status">
              {problems.map((problem) => (
                <Text key={problem}>{problem}</Text>
              ))}
            </Alert>
          )}
          <Group gap="xs">
            <Button disabled={!isChanged || problems.length > 0} onClick={() => onPlan(documentOf('branding', draft))}>
              {messages.look}
            </Button>
            {isBranded && (
              <Button variant="default" onClick={() => onPlan(documentOf('branding', AS_IT_COMES))}>
                {messages.resetBranding}
              </Button>
            )}
          </Group>
        </Stack>
      </div>
    </section>
  )
}
