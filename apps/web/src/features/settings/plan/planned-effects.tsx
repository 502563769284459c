import type { SettingsEffect } from '@graticule/contract'
import { Alert, NameRows, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'

const KINDS = ['loss', 'gain', 'change'] as const

/** Why a change cannot be made. */
export function PlanProblems({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) return null
  return (
    <Alert role="alert" color="yellow" title={messages.problems}>
      {problems.map((problem) => (
        <Text key={problem}>{problem}</Text>
      ))}
    </Alert>
  )
}

/** Who loses and who gains what, by name, and what else becomes otherwise. */
export function PlannedEffects({ effects }: { effects: readonly SettingsEffect[] }) {
  return KINDS.map((kind) => (
    <Effects key={kind} title={messages.groups[kind]} effects={effects.filter((effect) => effect.kind === kind)} />
  ))
}

function Effects({ title, effects }: { title: string; effects: readonly SettingsEffect[] }) {
  if (effects.length === 0) return null
  return (
    <div>
      <Text fw={500} mb={4}>
        {title}
      </Text>
      <NameRows
        label={title}
        items={effects.map(({ name, section, sentence }) => ({
          id: `${section} ${name} ${sentence}`,
          text: name === null ? sentence : `${name}: ${sentence}`,
          content: (
            <>
              {name !== null && <strong>{name}: </strong>}
              {sentence}
            </>
          ),
        }))}
      />
    </div>
  )
}
