import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { delayAbort } from './patient-signal.ts'

describe('a patient signal', () => {
  it('passes an abort on, with its reason, after a while', async () => {
    const controller = new AbortController()
    using patient = delayAbort(controller.signal, 30)
    controller.abort(new Error('gone'))
    expect(patient.signal.aborted).toBe(false)
    await sleep(100)
    expect(patient.signal.reason).toMatchObject({ message: 'gone' })
  })

  it('passes nothing on once what it is for is over', async () => {
    const controller = new AbortController()
    const patient = delayAbort(controller.signal, 10)
    controller.abort()
    patient[Symbol.dispose]()
    await sleep(50)
    expect(patient.signal.aborted).toBe(false)
  })

  it('counts an abort that came before it', async () => {
    using patient = delayAbort(AbortSignal.abort(), 10)
    await sleep(80)
    expect(patient.signal.aborted).toBe(true)
  })
})
