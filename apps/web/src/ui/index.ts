// The one door to the component library: features import components, hooks and icons' neighbours from here, so that
// a component can be replaced or adjusted in a single place.
export * from '@mantine/core'
export { isEmail, isNotEmpty, useForm } from '@mantine/form'
export {
  useDebouncedValue,
  useDisclosure,
  useLocalStorage,
  useMediaQuery,
  useNetwork,
} from '@mantine/hooks'
export { modals } from '@mantine/modals'
export { notifications } from '@mantine/notifications'
export { Spotlight, spotlight } from '@mantine/spotlight'
export { useBrand } from './brand.ts'
export { BrandMark, PageMark } from './brand-mark.tsx'
export { CodeArea } from './code-area.tsx'
export { CodeBlock } from './code-block.tsx'
export { ConsequenceList } from './consequence-list.tsx'
export { CopyIconButton, CopyTextButton } from './copy-button.tsx'
export { DialogForm } from './dialog-form.tsx'
export { Entrance } from './entrance.tsx'
export { ErrorState } from './error-state.tsx'
export { FormError } from './form-error.tsx'
export { formatExactTime } from './format-time.ts'
export { ListFooter } from './list-footer.tsx'
export { LookupFailed, lookupError } from './lookup-failed.tsx'
export { type NamedItem, NameRows, NameSentence } from './name-list.tsx'
export { checkNewPassword, NEW_PASSWORD_HELP } from './new-password.ts'
export { PageState } from './page-state.tsx'
export { PasswordField } from './password-field.tsx'
export { QueryView } from './query-view.tsx'
export { RelativeTime } from './relative-time.tsx'
export { RowsSkeleton } from './rows-skeleton.tsx'
export { RuledButton } from './ruled-button.tsx'
export { RuledMenuItem } from './ruled-menu-item.tsx'
export { SearchField } from './search-field.tsx'
export { SlowNotice } from './slow-notice.tsx'
export { ariaSortOf, SortableHeader, SortButton } from './sortable-header.tsx'
export { UiProvider } from './ui-provider.tsx'
