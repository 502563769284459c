import { APPLICATION_SCOPES, type ApplicationSummary } from '@graticule/contract'
import { IconApps, IconPlus, IconSearch, IconStar } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { applicationsQuery, noteOpening } from '../../api/applications.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { usePolicyRule } from '../../shell/use-policy-rule.ts'
import { useCan, useRoleReaches, useSession } from '../../shell/use-session.ts'
import {
  Button,
  ListFooter,
  PageState,
  QueryView,
  RowsSkeleton,
  RuledButton,
  SearchField,
  SegmentedControl,
  useDisclosure,
} from '../../ui/index.ts'
import { FavouriteButton } from '../library/favourite-button.tsx'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { ApplicationDialog } from './application-dialog.tsx'
import { ApplicationMenu } from './application-menu.tsx'
import { ApplicationPicture } from './application-picture.tsx'
import classes from './applications.module.css'
import { APPLICATIONS_PAGE_SIZE, type ApplicationsSearch, toApplicationListQuery } from './applications-search.ts'
import { messages } from './messages.ts'

const route = getRouteApi('/signed-in/workspace/applications')

/** The gallery of applications that this person may open. */
export function ApplicationsPage() {
  return useRoleReaches('application.read') ? <Gallery /> : <ForbiddenPage title={messages.title} />
}

function Gallery() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/applications' })
  const change = (changes: ApplicationsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const options = applicationsQuery(toApplicationListQuery(search))
  const query = useQuery(options)
  const canRegister = useCan('application.create').allowed
  const [isRegistering, registering] = useDisclosure(false)
  const rule = usePolicyRule('application.create')
  const registerButton = canRegister && (
    <RuledButton leftSection={<IconPlus size={16} />} rule={rule} onClick={registering.open}>
      {messages.register}
    </RuledButton>
  )
  return (
    <Page title={messages.title} actions={registerButton}>
      <div className={classes.toolbar}>
        <SegmentedControl
          aria-label={messages.scopesLabel}
          value={search.scope ?? 'all'}
          onChange={(scope) => change({ scope: scope === 'favourites' ? scope : undefined })}
          data={APPLICATION_SCOPES.map((scope) => ({ value: scope, label: messages.scopes[scope] }))}
        />
        <SearchField
          className={classes.search}
          label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          clearLabel={messages.clearSearch}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text || undefined })}
        />
      </div>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={4} />}
      >
        {({ applications, total }) =>
          total === 0 ? (
            <NoApplications
              search={search}
              canRegister={canRegister && rule === undefined}
              onClear={() => change({ search: undefined })}
              onRegister={registering.open}
            />
          ) : (
            <>
              <ApplicationCards applications={applications} />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={APPLICATIONS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pages}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      <ApplicationDialog application={null} opened={isRegistering} onClose={registering.close} />
    </Page>
  )
}

function ApplicationCards({ applications }: { applications: readonly ApplicationSummary[] }) {
  const counts = usePeopleCounts(
    'application',
    applications.map(({ id }) => id),
  )
  return (
    <ul className={classes.cards} aria-label={messages.list}>
      {applications.map((application) => (
        <ApplicationCard key={application.id} application={application} peopleCount={counts[application.id]} />
      ))}
    </ul>
  )
}

function ApplicationCard(props: { application: ApplicationSummary; peopleCount: number | undefined }) {
  const { application, peopleCount } = props
  const { user } = useSession()
  const { name, description, url, owner } = application
  return (
    <li className={classes.card}>
      <ApplicationPicture name={name} source={application.thumbnailUrl} />
      <div className={classes.body}>
        <div className={classes.text}>
          <a
            className={classes.name}
            href={url}
            target="_blank"
            rel="noreferrer noopener"
            title={url}
            onClick={() => noteOpening(application.id)}
            onAuxClick={(event) => event.button === 1 && noteOpening(application.id)}
            aria-label={messages.open(name)}
          >
            {name}
          </a>
          {description !== '' && <p className={classes.description}>{description}</p>}
          <div className={classes.facts}>
            <PrivacyLabel asset={application} kind="application" />
            <PeopleCount asset={{ kind: 'application', id: application.id }} name={name} count={peopleCount} />
            <span>{owner.id === user.id ? messages.you : owner.name}</span>
          </div>
        </div>
        <div className={classes.menu}>
          <FavouriteButton kind="application" id={application.id} name={name} isFavourite={application.isFavourite} />
          <ApplicationMenu application={application} />
        </div>
      </div>
    </li>
  )
}

function NoApplications(props: {
  search: ApplicationsSearch
  canRegister: boolean
  onClear: () => void
  onRegister: () => void
}) {
  const { canRegister } = props
  const { scope, search } = props.search
  if (search !== undefined) {
    return (
      <PageState
        icon={<IconSearch size={20} />}
        title={messages.noMatchTitle}
        actions={
          <Button variant="default" onClick={props.onClear}>
            {messages.clearSearch}
          </Button>
        }
      >
        {messages.noMatchText(search)}
      </PageState>
    )
  }
  if (scope === 'favourites') {
    return (
      <PageState icon={<IconStar size={20} />} title={messages.emptyFavouritesTitle}>
        {messages.emptyFavouritesText}
      </PageState>
    )
  }
  return (
    <PageState
      icon={<IconApps size={20} />}
      title={messages.emptyTitle}
      actions={canRegister && <Button onClick={props.onRegister}>{messages.register}</Button>}
    >
      {canRegister ? messages.emptyText : messages.emptyReadOnlyText}
    </PageState>
  )
}
