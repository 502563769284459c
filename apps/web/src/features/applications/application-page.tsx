import type { ApplicationSummary } from '@graticule/contract'
import { IconExternalLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { applicationQuery, noteOpening } from '../../api/applications.ts'
import { Page } from '../../shell/page.tsx'
import { useSession } from '../../shell/use-session.ts'
import { Anchor, Button, QueryView, RowsSkeleton, Stack, Text } from '../../ui/index.ts'
import { MissingAsset } from '../access-request/missing-asset.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { ApplicationMenu } from './application-menu.tsx'
import { ApplicationPicture } from './application-picture.tsx'
import classes from './applications.module.css'
import { messages } from './messages.ts'

/** One application, where its link in the workspace leads: what it is and the way to it, or asking for access. */
export function ApplicationPage() {
  const { applicationId } = useParams({ from: '/signed-in/workspace/applications/$applicationId' })
  const options = applicationQuery(applicationId)
  const query = useQuery(options)
  const application = query.data
  return (
    <Page
      title={application?.name ?? messages.one}
      actions={application && <ApplicationMenu application={application} />}
    >
      <Stack gap="md">
        <Anchor size="sm" renderRoot={(anchor) => <Link to="/applications" {...anchor} />}>
          {messages.back}
        </Anchor>
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaitingOne}
          skeleton={<RowsSkeleton count={3} />}
          missing={<MissingAsset kind="application" id={applicationId} onRetry={() => void query.refetch()} />}
        >
          {(found) => <ApplicationFacts application={found} />}
        </QueryView>
      </Stack>
    </Page>
  )
}

function ApplicationFacts({ application }: { application: ApplicationSummary }) {
  const { user } = useSession()
  const { id, name, description, owner, url } = application
  const note = () => noteOpening(id)
  return (
    <div className={classes.card} style={{ maxWidth: 420 }}>
      <ApplicationPicture name={name} source={application.thumbnailUrl} />
      <div className={classes.body}>
        <div className={classes.text}>
          <Text style={{ overflowWrap: 'anywhere' }}>{description === '' ? url : description}</Text>
          <div className={classes.facts}>
            <PrivacyLabel asset={application} kind="application" />
            <span>{owner.id === user.id ? messages.you : owner.name}</span>
          </div>
          <Button
            mt="sm"
            component="a"
            leftSection={<IconExternalLink size={16} />}
            href={url}
            target="_blank"
            rel="noreferrer noopener"
            title={url}
            onClick={note}
            onAuxClick={(event) => event.button === 1 && note()}
          >
            {messages.openIt}
          </Button>
        </div>
      </div>
    </div>
  )
}
