import type { ReactNode } from 'react';
import type { Json } from '../../page-state.ts';
import { Element } from '../elements/element.tsx';
import { asJson, jsonList, stringIn } from '../json.ts';
import { Unrenderable } from '../text/unrenderable.tsx';
import { TextObject } from '../text/words.tsx';
import { InputBlock } from './input-block.tsx';

/**
 * Block Kit on the page. It is our own because the one kept React library, slack-blocks-to-jsx 1.1.1, draws elements but
 * tells nobody that they were used, keeps what is typed to itself, and adds 210 kB gzipped to React's 70.
 */
export function Blocks({ of }: { of: readonly Json[] }): ReactNode {
  return of.map((block, index) => {
    // An id that Slack gave is another at each edit, and what had the focus would lose it. Fields have ids of the app's.
    const key = block.type === 'input' ? stringIn(block, 'block_id') : `${index} ${String(block.type)}`;
    return <Block key={key} block={block} />;
  });
}

function Block({ block }: { block: Json }): ReactNode {
  const id = stringIn(block, 'block_id');
  switch (block.type) {
    case 'section':
      return <Section block={block} id={id} />;
    case 'header':
      return (
        <h3 className="block header">
          <TextObject of={block.text} />
        </h3>
      );
    case 'divider':
      return <hr />;
    case 'context':
      return (
        <div className="block context">
          {jsonList(block.elements).map((element, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a context's texts have no other identity
            <p key={index}>
              <TextObject of={element} />
            </p>
          ))}
        </div>
      );
    case 'actions':
      return (
        <div className="block actions">
          {jsonList(block.elements).map((element) => (
            <Element key={stringIn(element, 'action_id')} element={element} block={id} tells />
          ))}
        </div>
      );
    case 'input':
      return <InputBlock block={block} id={id} />;
    default:
      return <Unrenderable what={`a block of type ${String(block.type)}`} />;
  }
}

function Section({ block, id }: { block: Json; id: string }): ReactNode {
  return (
    <div className="block section">
      <div className="said">
        {block.text === undefined ? null : (
          <p>
            <TextObject of={block.text} />
          </p>
        )}
        {block.fields === undefined ? null : (
          <div className="fields">
            {jsonList(block.fields).map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: fields have no other identity
              <p key={index}>
                <TextObject of={field} />
              </p>
            ))}
          </div>
        )}
      </div>
      {block.accessory === undefined ? null : <Element element={asJson(block.accessory)} block={id} tells />}
    </div>
  );
}
