import type { ReactNode } from 'react';
import type { ShownFailure } from '../../page-state.ts';
import { failureWords } from '../text/failure-words.ts';

/** What Slack itself tells somebody whose command, click or form the app did not answer. */
export function Failure({ failure }: { failure: ShownFailure }): ReactNode {
  return (
    <article className="message failure" role="alert">
      <span className="avatar slack" aria-hidden="true">
        !
      </span>
      <div className="content">
        <p className="private">Only visible to you</p>
        <p>
          <code>{failure.what}</code>: {failureWords(failure.error)}
        </p>
      </div>
    </article>
  );
}
