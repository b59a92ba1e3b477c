# The ledger as docker-compose.yml runs it: the compiled packages and what they need at run time, from the lock file.
FROM node:24.21.0-slim AS manifests
WORKDIR /wiretally
COPY package.json package-lock.json ./
COPY src/usage/package.json src/usage/
COPY src/instrumentation/package.json src/instrumentation/
COPY src/ledger/package.json src/ledger/
COPY src/dashboards/package.json src/dashboards/
COPY src/demo/package.json src/demo/

FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM manifests
# The embedded PostgreSQL is an optional dependency; here the database is a service of its own.
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional --workspace=src/usage --workspace=src/ledger \
  && npm cache clean --force
COPY --from=build /wiretally/src/usage/dist src/usage/dist
COPY --from=build /wiretally/src/ledger/dist src/ledger/dist
USER node
EXPOSE 4319
# docs/operations.md, "Memory", says why.
ENTRYPOINT ["node", "--max-semi-space-size=16", "/wiretally/src/ledger/dist/cli/main.js"]
CMD ["up"]
