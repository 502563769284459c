import { MAKERS, type Makers } from '@graticule/contract'
import { Checkbox, Select, SimpleGrid, Stack, TextInput } from '../../ui/index.ts'
import { type OptionValues, TYPED_OPTIONS } from './connection-options-values.ts'
import { messages } from './messages.ts'

/** How a connection is used: limits, schemas, and whether answers are kept. */
export function ConnectionOptionsFields(props: {
  values: OptionValues
  errors: Readonly<Record<string, string>>
  onChange: (changes: Partial<OptionValues>) => void
}) {
  const { values, errors, onChange } = props
  return (
    <Stack gap="sm" mt="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        {TYPED_OPTIONS.map((name) => (
          <TextInput
            key={name}
            label={messages.options[name].label}
            description={messages.options[name].help}
            placeholder={messages.options[name].placeholder}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            inputMode={name.endsWith('Schema') ? undefined : 'numeric'}
            autoComplete="off"
            spellCheck={false}
            value={values[name]}
            error={errors[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
          />
        ))}
      </SimpleGrid>
      <Select
        label={messages.options.exports.label}
        description={messages.options.exports.help}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDeselect={false}
        data={['' as const, ...MAKERS].map((value) => ({ value, label: messages.options.exports.choices[value] }))}
        value={values.exports}
        onChange={(value) => onChange({ exports: (value ?? '') as Makers | '' })}
      />
      <Checkbox
        label={messages.options.neverCache.label}
        description={messages.options.neverCache.help}
        checked={values.neverCache}
        onChange={(event) => onChange({ neverCache: event.currentTarget.checked })}
      />
    </Stack>
  )
}
