import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'

/** A password input that warns while Caps Lock is on. */
export function PasswordField({ capsLockMessage, ...input }: PasswordInputProps & { capsLockMessage: string }) {
  const [isCapsLockOn, setIsCapsLockOn] = useState(false)
  const watch = (event: KeyboardEvent) => setIsCapsLockOn(event.getModifierState('CapsLock'))
  return (
    <PasswordInput
      {...input}
      onKeyDown={watch}
      onKeyUp={watch}
      onBlur={(event) => {
        setIsCapsLockOn(false)
        input.onBlur?.(event)
      }}
      description={isCapsLockOn ? capsLockMessage : input.description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  )
}
