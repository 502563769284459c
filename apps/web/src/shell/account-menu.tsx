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
  const initials = initialsOf(user.name)
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`${messages.account}: ${initials}, ${user.name}`} style={{ borderRadius: '50%' }}>
          <Avatar aria-hidden size={28} color="accent" variant="filled">
            {initials}
          </Avatar>
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

/** The first letters of the first and the last word of a name, in capitals. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return letters
    .map((word) => (word ? [...word][0] : ''))
    .join('')
    .toLocaleUpperCase()
}
