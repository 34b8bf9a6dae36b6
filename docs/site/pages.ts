/** Files of the repository that stand elsewhere than in `docs/`, and their pages on the site. */
export const borrowedPages: Readonly<Record<string, string>> = {
  "sdk/README.md": "sdk.md",
  "cli/README.md": "cli.md",
  "devnet/README.md": "devnet.md",
  "worker/README.md": "worker.md",
  "queue/README.md": "queue.md",
  "examples/README.md": "examples/README.md",
  "examples/fire-detection/README.md": "examples/fire-detection.md",
  "examples/federated-learning/README.md": "examples/federated-learning.md",
  "examples/inference/README.md": "examples/inference.md",
};
