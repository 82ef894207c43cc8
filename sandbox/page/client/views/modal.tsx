import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { ShownView } from '../../page-state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { PlaceContext } from '../blocks/place-context.ts';
import { usePage } from '../page-context.ts';
import { failureWords } from '../text/failure-words.ts';
import { Dialog } from './dialog.tsx';
import { useForm } from './use-form.ts';

/** A person's modals: the dialog is the stack, and its top view is what one sees. */
export function ModalStack({ views }: { views: readonly ShownView[] }): ReactNode {
  const top = views.at(-1);
  return top === undefined ? null : <Modal key={top.rootId} view={top} />;
}

function Modal({ view }: { view: ShownView }): ReactNode {
  const { act } = usePage();
  const title = useId();
  const close = (): void => void act({ do: 'close', view: view.id });
  return (
    <Dialog labelledBy={title} className="dialog modal" onClose={close}>
      <header>
        <img src="/icon.svg" alt="" width="24" height="24" />
        <h2 id={title}>{view.title}</h2>
        <button type="button" className="icon" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      <ModalForm key={view.id} view={view} onClose={close} />
    </Dialog>
  );
}

function ModalForm({ view, onClose }: { view: ShownView; onClose: () => void }): ReactNode {
  const { act } = usePage();
  const form = useForm(view);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);

  const fields = Object.keys(view.values).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: other fields are another view, though in the same place
  useEffect(() => {
    const { current } = body;
    const focused = document.activeElement;
    // Who is in a field that stayed goes on there.
    if (current === null || (focused !== current && current.contains(focused))) return;
    current.scrollTop = 0;
    // Not scrolled to: what stands above the first field is there to be read first.
    const first = current.querySelector<HTMLElement>('input, textarea, select') ?? current;
    first.focus({ preventScroll: true });
  }, [fields]);
  useEffect(() => {
    if (Object.keys(form.errors).length === 0) return;
    body.current?.querySelector<HTMLElement>('[aria-invalid="true"], .element:has(~ .error) input')?.focus();
  }, [form.errors]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const answer = await act({ do: 'submit', view: view.id, form: form.values });
    setBusy(false);
    setFailure(answer.failure);
    form.showErrors(answer.errors ?? {});
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <div className="body" ref={body} tabIndex={-1}>
        <PlaceContext value={{ place: { view: view.id }, form }}>
          <Blocks of={view.blocks} />
        </PlaceContext>
      </div>
      <footer>
        {failure === null ? null : (
          <p className="failed" role="alert">
            {failureWords(failure)}
          </p>
        )}
        <button type="button" className="button" onClick={onClose}>
          {view.close ?? 'Close'}
        </button>
        {view.submit === null ? null : (
          <button type="submit" className="button primary" aria-busy={busy} aria-disabled={busy}>
            {view.submit}
          </button>
        )}
      </footer>
    </form>
  );
}
