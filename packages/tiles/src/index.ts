export * from './tile-features.ts'
