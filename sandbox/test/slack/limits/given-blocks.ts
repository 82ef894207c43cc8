export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const long = (length: number) => 'x'.repeat(length);
export const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: plain(`o${index}`), value: String(index) }));
export const button = (rest: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...rest });
export const actions = (...elements: object[]) => ({ type: 'actions', elements });
export const section = (rest: object) => ({ type: 'section', ...rest });
export const input = (element: object, rest: object = {}) => ({ type: 'input', label: plain('L'), element, ...rest });
export const select = (rest: object) => ({ type: 'static_select', action_id: 's', ...rest });
export const confirm = (rest: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('it will'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...rest,
});
export const modal = (rest: object = {}) => ({ type: 'modal', title: plain('T'), blocks: [], ...rest });
