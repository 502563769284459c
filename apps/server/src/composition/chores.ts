import type { Services } from './services.ts'

/** Removes what ended long ago: sessions, links, handles; ends jobs whose server is gone; looks at what is due. */
export async function sweep(services: Services): Promise<void> {
  const { clock } = services
  // Before the sessions that they belong to go.
  await services.views.sweep()
  await services.oauthArtifacts.sweep(clock.now())
  await services.signIns.sweep()
  await services.setup.sweep()
  await services.secondSteps.sweep()
  await services.supportAccess.sweep()
  for (const method of services.loginMethods) await method.sweep(clock.now())
  await services.joinRequests.sweep(clock.now())
  await services.handles.sweep(clock.now())
  await services.trash.sweep(clock.now())
  await services.activityData.sweep()
  await services.idempotentRequests.sweep()
  await services.jobs.sweep()
  await services.decisions.sweep()
  await services.uses.sweep()
  await services.accessRequests.sweep()
  await services.audiences.sweep(services.store)
  // Last, because name servers and warehouses may be slow.
  await services.domains.sweep(clock.now())
  await services.postures.checkDue(clock.now())
}

/** What must be written or ended before the process may go. */
export async function close(services: Services): Promise<void> {
  clearInterval(services.endingGone)
  await services.jobs.close()
  await services.postures.settle()
  await services.encoder.close()
  await services.pool.close()
  await services.answerCache.close()
  await services.decisions.flush()
  await services.uses.flush()
  await services.reads.flush()
  await services.usageMeter.flush()
  services.unlocks.flush()
  await services.accessRequests.settle()
  // Times of last use are not worth failing a stop for.
  await services.tokens.flush().catch(() => undefined)
}
