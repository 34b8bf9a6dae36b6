export const rpc = ["https://rpc.example"];
/** As little as the chart takes. */
export const oneRegion = { chain: { rpc }, worker: { keySecret: "keys" } };
/** Every part of the chart. */
export const everything = {
  chain: { rpc, id: 8453, proof: `0x${"a5".repeat(20)}` },
  network: { kind: "public", bootstrap: ["/dnsaddr/net.example"], swarmKeySecret: "swarm" },
  options: { ASSAY_MIN_REWARD: "1gwei" },
  relay: { replicas: 2 },
  metrics: { from: [{ matchLabels: { name: "monitoring" } }] },
  worker: {
    keySecret: "keys",
    storageClass: "fast",
    autoscaling: { enabled: true },
    regions: [
      {
        name: "eu",
        replicas: 2,
        tags: ["gpu"],
        nodeSelector: { "topology.kubernetes.io/region": "eu" },
      },
      { name: "us", replicas: 1, keySecret: "us-keys", tolerations: [{ operator: "Exists" }] },
    ],
  },
};
