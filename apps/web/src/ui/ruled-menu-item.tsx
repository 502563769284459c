import type { Permission } from '@graticule/contract'
import { Menu, type MenuItemProps, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A menu item that, when it is not allowed, is disabled and says which rule forbids it. */
export function RuledMenuItem(
  props: MenuItemProps & { permission: Permission; onClick: () => void; children: ReactNode },
) {
  const { permission, children, onClick, ...item } = props
  if (permission.allowed) {
    return (
      <Menu.Item {...item} onClick={onClick}>
        {children}
      </Menu.Item>
    )
  }
  return (
    <Menu.Item {...item} color={undefined} disabled maw={260}>
      {children}
      {permission.reason && (
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
          {permission.reason}
        </Text>
      )}
    </Menu.Item>
  )
}
