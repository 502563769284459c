import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { BrandMark } from './brand-mark.tsx'
import classes from './entrance.module.css'

/** The page around the forms one meets before being signed in. */
export function Entrance(props: { title: string; foot?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Graticule`
  }, [props.title])
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <BrandMark size={32} />
          <h1 className={classes.title}>{props.title}</h1>
        </div>
        {props.children}
        {props.foot && <p className={classes.foot}>{props.foot}</p>}
      </div>
    </main>
  )
}
