# The probe alone: no shell, no system roots (they are compiled in), no other file but its licences.
# scripts/image builds it, packs it small and pushes it; docker build --build-arg VERSION=… . does the first of it.
ARG RUST=1.95.0
ARG DEBIAN=bookworm

# Compiles on the builder's own architecture for the image's. scripts/image --binary puts a folder in the place of this stage.
FROM --platform=$BUILDPLATFORM docker.io/library/rust:${RUST}-${DEBIAN} AS builder
ARG TARGETARCH
ARG REVISION
WORKDIR /build
COPY . .
RUN scripts/lib/build-stage "$TARGETARCH" "$REVISION" /out

FROM scratch
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="vpcprobe" \
      org.opencontainers.image.description="Stands in a private subnet in the place of a task that would not start, and says what is broken and how to mend it" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=builder /out/ /
USER 65532:65532
ENTRYPOINT ["/vpcprobe"]
CMD ["run"]
