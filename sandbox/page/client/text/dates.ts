const FORMATS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
};

/** A date token in the reader's own time, such as `{date_short_pretty} {time}`; null for one that Slack doesn't have. */
export function dateWords(seconds: number, format: string, now: Date): string | null {
  const at = new Date(seconds * 1000);
  let known = true;
  const words = format.replace(/\{(\w+)\}/g, (_, name: string) => {
    const options = FORMATS[name.replace(/_pretty$/, '')];
    if (options === undefined) known = false;
    return (name.endsWith('_pretty') && nearDay(at, now)) || new Intl.DateTimeFormat('en', options).format(at);
  });
  return known ? words : null;
}

/** The time of a message's `ts`, as Slack shows it beside the name. */
export function clockTime(ms: number, withSeconds = false): string {
  return new Intl.DateTimeFormat('en', withSeconds ? FORMATS.time_secs : FORMATS.time).format(new Date(ms));
}

function nearDay(at: Date, now: Date): string | null {
  const days = (midnight(at) - midnight(now)) / 86_400_000;
  return { '0': 'today', '-1': 'yesterday', '1': 'tomorrow' }[String(Math.round(days))] ?? null;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
