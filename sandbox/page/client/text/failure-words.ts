const WORDS: Readonly<Record<string, string>> = {
  operation_timeout: 'The app did not answer within 3 seconds.',
  dispatch_failed: 'The app could not be reached.',
  http_service_error: 'The app answered with an error.',
  invalid_ack: 'The app answered something that Slack can’t use.',
  gone: 'It is not there any more.',
  page_unreachable: 'The demo did not answer.',
};

/** What Slack says to a person when something between it and the app went wrong. */
export function failureWords(failure: string): string {
  return `${WORDS[failure] ?? 'This did not work.'} (${failure})`;
}
