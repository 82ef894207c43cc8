/** The seconds that Slack asks us to wait, if it limited our rate; the same for a call that our own budget deferred. */
export function retryAfter(fault: unknown): number | null {
  const seconds = fault instanceof Error && 'retryAfter' in fault ? fault.retryAfter : null;
  return typeof seconds === 'number' ? seconds : null;
}
