import { nearestFirst } from '../../text/nearest.ts';
import { quoted } from '../../text/quoted.ts';
import { isMapping, type PolicyFault } from '../policy-fields.ts';

const MAX_NAMED = 5;

/** What is wrong with a rule for links, beside its values. `names`: of all links of the file. */
export function linkRuleFaults(raw: unknown, names: readonly string[]): PolicyFault[] {
  if (!isMapping(raw) || !isMapping(raw.match) || raw.match.links === undefined) return [];
  const { match } = raw;
  const faults = ['accounts', 'regions', 'tasks']
    .filter((key) => match[key] !== undefined)
    .map((key): PolicyFault => {
      const expected = `links alone, or links and channels: a rule is for links or for executions`;
      return { path: ['match', key], problem: 'is beside links', expected };
    });
  const links: unknown[] = Array.isArray(match.links) ? match.links : [];
  links.forEach((link, index) => {
    if (typeof link !== 'string' || names.includes(link)) return;
    faults.push({
      path: ['match', 'links', index],
      problem: `is "${quoted(link)}", which is no link of this file`,
      expected: expectedName(link, names),
    });
  });
  if (raw.role !== undefined) {
    faults.push({
      path: ['role'],
      problem: 'is in a rule for links',
      expected:
        'no role: executions of a link are changed under the role of the first rule for their account, Region and task',
    });
  }
  return faults;
}

function expectedName(typed: string, names: readonly string[]): string {
  if (names.length === 0) return 'the name of a link, and the file has none';
  const [nearest = '', ...others] = nearestFirst(typed, names).slice(0, MAX_NAMED).map(quoted);
  return others.length === 0 ? `${nearest}, the only link` : `a link such as ${nearest}, or ${others.join(', ')}`;
}
