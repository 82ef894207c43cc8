const WIDTH = 30;

/** `exported ███████───────  42 %  420,000 of 1,000,000` */
export function progressLine(what: string, done: number, all: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const filled = Math.round(share * WIDTH);
  const count = (value: number) => value.toLocaleString('en-US');
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${what} ${'█'.repeat(filled)}${'─'.repeat(WIDTH - filled)} ${percent}  ${count(done)} of ${count(all)}`;
}
