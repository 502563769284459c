import encodeQR from 'qr'
import { useMemo } from 'react'
import { messages } from './messages.ts'
import classes from './second-factors.module.css'

/** The text as a QR code, drawn here so that the secret in it goes nowhere; dark on light whatever the colours of the page. */
export function QrCode({ text }: { text: string }) {
  const rows = useMemo(() => encodeQR(text, 'raw', { border: 2 }), [text])
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      role="img"
      aria-label={messages.qrCode}
      className={classes.qrCode}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
