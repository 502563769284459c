import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { stateMessages } from './messages.ts'

/** A password input that can show what is typed, by keyboard too, and warns while Caps Lock is on. */
export function PasswordField({ capsLockMessage, ...input }: PasswordInputProps & { capsLockMessage: string }) {
  const [isCapsLockOn, setIsCapsLockOn] = useState(false)
  const [isShown, setIsShown] = useState(false)
  const watch = (event: KeyboardEvent) => setIsCapsLockOn(event.getModifierState('CapsLock'))
  return (
    <PasswordInput
      {...input}
      visible={isShown}
      onVisibilityChange={setIsShown}
      visibilityToggleButtonProps={{
        tabIndex: 0,
        'aria-hidden': false,
        'aria-label': isShown ? stateMessages.hidePassword : stateMessages.showPassword,
      }}
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
