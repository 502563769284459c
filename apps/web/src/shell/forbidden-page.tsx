import { IconLock } from '@tabler/icons-react'
import { PageState } from '../ui/index.ts'
import { messages } from './messages.ts'
import { Page } from './page.tsx'
import { useSession } from './use-session.ts'

/** A section that the person's role does not have: what it is, and who can change that. */
export function ForbiddenPage({ title }: { title: string }) {
  const { user } = useSession()
  return (
    <Page title={title}>
      <PageState icon={<IconLock size={20} />} title={messages.forbiddenTitle(title)}>
        {messages.forbiddenText(messages.roles[user.role])}
      </PageState>
    </Page>
  )
}
