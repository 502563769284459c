import { createContext, useContext, useEffect } from 'react'

/** How an organization looks; null in the place of what it leaves as it comes. */
export interface Brand {
  readonly logoUrl: string | null
  readonly primaryColor: string | null
  readonly secondaryColor: string | null
  readonly appBarColor: string | null
}

/** The brand of the page that is open, and who sets it. */
export const BrandContext = createContext<{
  readonly brand: Brand | null
  readonly setBrand: (brand: Brand | null) => void
}>({ brand: null, setBrand: () => undefined })

/** Gives everything its organization's look for as long as this component is on the page. */
export function useBrand(brand: Brand | undefined): void {
  const { setBrand } = useContext(BrandContext)
  useEffect(() => {
    if (brand === undefined) return
    setBrand(brand)
    return () => setBrand(null)
  }, [brand, setBrand])
}
