# The probe alone: no shell, no system roots (they are compiled in), no other file.
# Expects the static binary beside it: cargo build --release && cp target/*/release/vpcprobe .
FROM scratch
COPY --chmod=0755 vpcprobe /vpcprobe
USER 65532:65532
ENTRYPOINT ["/vpcprobe"]
CMD ["run"]
