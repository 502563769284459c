import { IconLogout, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Avatar, Menu, Text, UnstyledButton } from '../ui/index.ts'
import { messages } from './messages.ts'
import { useSession } from './use-session.ts'
import { useSignOut } from './use-sign-out.ts'

/** Who is signed in, with which role and in which organization, and the way out. */
export function AccountMenu() {
  const { user, organization } = useSession()
  const leave = useSignOut()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`${messages.account}: ${user.name}`} style={{ borderRadius: '50%' }}>
          <Avatar aria-hidden size={28} color="accent" name={user.name} variant="filled" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px' }}>
          <Text fw={600} truncate>
            {user.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {user.email}
          </Text>
          <Text size="xs" c="dimmed" truncate mt={4}>
            {messages.roles[user.role]} · {organization.name}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUser size={16} />} renderRoot={(props) => <Link to="/settings" {...props} />}>
          {messages.profile}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
          {messages.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
