import { once } from 'node:events';
import type { World } from '../local-world.ts';
import type { GivenRedis, LocalRedis } from '../redis.ts';
import { act } from './acting.ts';
import { appFace } from './app-face.ts';
import { clientFiles } from './client-files.ts';
import { createControls } from './controls.ts';
import { createGuide } from './guide.ts';
import { createLive } from './live.ts';
import { callLog, shownExecutions } from './other-side.ts';
import { listen } from './page-server.ts';
import type { Seat, Told } from './page-state.ts';
import { seatsOf, slackState } from './slack-state.ts';

export interface Page {
  /** `http://127.0.0.1:…/`; with `?as=U0LEAD` it begins in that person's seat. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Serves the page that shows a world and lets one act in it, on loopback.
 * @param options.redis stopped and started from the page where it is ours
 * @param options.port 0, the default, takes a free one
 */
export async function startPage(options: {
  world: Pick<World, 'slack' | 'aws'>;
  redis: LocalRedis | GivenRedis;
  port?: number;
}): Promise<Page> {
  const { slack, aws } = options.world;
  const [files, app] = await Promise.all([clientFiles(), appFace()]);
  const seats = seatsOf(slack);
  for (const { id } of seats) await slack.openMessages(id);
  const live = createLive();
  const guide = createGuide(options.world);
  const controls = createControls(aws, options.redis, live.changed);
  const stopHearing = slack.on('change', live.changed);
  aws.on('change', live.changed);

  const told = (seat: Seat): Told => ({
    slack: slackState(slack, seat.id, app),
    other: {
      now: Date.now(),
      executions: shownExecutions(aws),
      links: aws.wires(),
      ...controls.state(),
      guide: guide.steps(),
    },
    calls: callLog(aws, slack),
  });
  const { server, url } = await listen(
    {
      files,
      seat: (id) => seats.find((seat) => seat.id === id) ?? null,
      watch: (id, ...connection) => {
        const seat = seats.find((one) => one.id === id) ?? seats[0];
        if (seat === undefined) throw new Error('This workspace has nobody whose seat could be taken');
        guide.seen(seat);
        live.join(...connection, () => told(seat));
        live.changed();
      },
      act: async (seat, what) => {
        const answer = await act(slack, seat.id, what);
        live.changed();
        return answer;
      },
      control: (control) => controls.run(control),
      sharedFile: (id) => slack.files.find((file) => file.id === id)?.content ?? null,
    },
    options.port ?? 0,
  );

  return {
    url,
    stop: async () => {
      stopHearing();
      aws.off('change', live.changed);
      controls.stop();
      live.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
