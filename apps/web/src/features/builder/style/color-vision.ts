/** Linear-light matrices of the two common kinds of colour blindness at full strength (Machado, Oliveira, Fernandes 2009). */
const DEFICIENCIES: readonly (readonly (readonly [number, number, number])[])[] = [
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
]

/** Differences in CIELAB below this are hard to tell apart between areas that do not touch. */
const LEAST_DIFFERENCE = 9

function toLinear(hex: string): number[] {
  return [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
}

function multiply(matrix: readonly (readonly [number, number, number])[], vector: readonly number[]): number[] {
  return matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * (vector[index] ?? 0), 0),
      ),
    ),
  )
}

function toLab([red = 0, green = 0, blue = 0]: readonly number[]): number[] {
  const x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  const z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
  const [fx = 0, fy = 0, fz = 0] = [x, y, z].map((value) =>
    value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116,
  )
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

function difference(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)))
}

/** True when every pair of colours (`#rrggbb`) stays distinct for people who see no red or no green. */
export function isColorBlindSafe(colors: readonly string[]): boolean {
  return DEFICIENCIES.every((matrix) => {
    const seen = colors.map((color) => toLab(multiply(matrix, toLinear(color))))
    return seen.every((color, index) =>
      seen.slice(index + 1).every((other) => difference(color, other) >= LEAST_DIFFERENCE),
    )
  })
}
