import type { MapSummary } from '@graticule/contract'
import classes from './maps.module.css'

/** A quiet picture of lines of longitude and latitude, turned differently for each map. */
export function MapCover({ map }: { map: Pick<MapSummary, 'id'> }) {
  const turn = seedOf(map.id)
  const shift = (turn % 40) - 20
  return (
    <svg className={classes.cover} viewBox="0 0 240 120" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g fill="none" stroke="currentColor" transform={`rotate(${(turn % 24) - 12} 120 60)`}>
        {[-80, -40, 0, 40, 80].map((bend) => (
          <path key={bend} d={`M-20 ${60 + bend} Q120 ${60 + bend * 1.5 + shift} 260 ${60 + bend}`} />
        ))}
        {[-150, -100, -50, 0, 50, 100, 150].map((bend) => (
          <path key={bend} d={`M${120 + bend} -20 Q${120 + bend * 1.3} 60 ${120 + bend} 140`} />
        ))}
      </g>
    </svg>
  )
}

function seedOf(text: string): number {
  let seed = 0
  for (const character of text) seed = (seed * 31 + character.charCodeAt(0)) >>> 0
  return seed
}
