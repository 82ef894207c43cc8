# The bot, and nothing else: no sandbox (a workspace of its own), no development tools, no npm at run time.
#
#   docker build -t datasync-throttle .
#   docker run --env-file bot.env -v ./policy.yml:/app/policy.yml:ro -p 3000:3000 datasync-throttle
#   docker run --env-file bot.env … datasync-throttle policy check

# The LTS line that is active from October 2026 on. Both stages on one line, so that nothing built for another is copied.
ARG NODE=node:26-trixie-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/copy-lua.mjs ./scripts/
COPY src ./src
RUN npm run build

FROM ${NODE}
# Node as process 1 would ignore signals that it has no handler for, and reap no orphans: tini does both.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --omit=dev --no-audit --no-fund && npm cache clean --force
COPY --from=build /app/dist ./dist
COPY LICENSE ./

# Compiled code of all that `serve` loads, so that a start need not compile it again. Node finds it only for the user id that
# wrote it, and on a processor with the same features; everywhere else the bot starts as it would without.
ENV NODE_COMPILE_CACHE=/app/compile-cache
RUN install --directory --owner=node "$NODE_COMPILE_CACHE" \
  && setpriv --reuid=node --regid=node --init-groups sh -c \
    'node dist/main.js --help > /dev/null && node --eval "import(\"./dist/commands/run-serve.js\")"' \
  && chown -R root:root "$NODE_COMPILE_CACHE" \
  && chmod -R go=rX "$NODE_COMPILE_CACHE"

# Owned by root and read by node: what runs can't rewrite itself.
USER node
# Slack's requests (not in Socket Mode); /healthz, /readyz and /metrics.
EXPOSE 3000 9464
# Alive, not ready: a Redis that is away is no reason to restart the bot.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "const host = process.env.OPS_HOST || '127.0.0.1'; fetch(`http://${host.includes(':') ? `[${host}]` : host}:${process.env.OPS_PORT || 9464}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "dist/main.js"]
CMD ["serve"]
