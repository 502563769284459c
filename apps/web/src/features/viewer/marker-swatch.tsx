import classes from './marker-swatch.module.css'

/** The picture that points are drawn with, as it is or as a stencil for a colour. */
export function MarkerSwatch({ color, isTinted, url }: { color: string; isTinted: boolean; url: string }) {
  if (!isTinted) return <img className={classes.marker} src={url} alt="" />
  const mask = `url("${url}") center / contain no-repeat`
  return <span className={classes.marker} style={{ background: color, mask }} aria-hidden />
}
