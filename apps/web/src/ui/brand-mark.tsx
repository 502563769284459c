import { useContext } from 'react'
import { BrandContext } from './brand.ts'

/** The logo of the organization, and the mark of Graticule where it has none. */
export function PageMark({ size }: { size: number }) {
  const { brand } = useContext(BrandContext)
  if (!brand?.logoUrl) return <BrandMark size={size} />
  return <img src={brand.logoUrl} width={size} height={size} alt="" style={{ borderRadius: 8, objectFit: 'cover' }} />
}

/** The mark of Graticule: a globe with its lines of longitude and latitude. */
export function BrandMark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" style={{ flex: 'none' }}>
      <rect width="32" height="32" rx="8" fill="#0c6e66" />
      <g fill="none" stroke="#ffffff" strokeWidth="1.8">
        <circle cx="16" cy="16" r="9.5" />
        <ellipse cx="16" cy="16" rx="4.2" ry="9.5" />
        <path d="M7.6 11.6h16.8M7.6 20.4h16.8" />
      </g>
    </svg>
  )
}
